// SPDX-License-Identifier: Apache-2.0
// Drives Verilated fetch buffers and their instruction cache (icache_harness.sv): fetchers that
// behave like fb_if_stage in front, an outside memory with latencies behind. Every answer is
// checked.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <random>
#include <vector>

#include "verilated.h"

namespace freebits::test {

constexpr std::uint32_t kL2Base = 0x1C000000;
constexpr std::uint32_t kL3Base = 0x80000000;
constexpr std::uint32_t kL2Bytes = 0x10000;
constexpr std::uint32_t kL3Bytes = 0x1000;

inline bool executable(std::uint32_t address) {
  return address - kL2Base < kL2Bytes || address - kL3Base < kL3Bytes;
}

/// What lies at an address: a hash of it above the version of the memory's contents.
inline std::uint32_t content(std::uint32_t address, std::uint8_t version) {
  std::uint32_t hash = (address >> 2) * 0x9E3779B1U;
  hash ^= hash >> 15;
  return (hash & 0xFFFFFF00U) | version;
}

/// A port that fetches: up to two fetches in flight, a request stands until its grant.
struct Fetcher {
  struct Fetch {
    std::uint32_t address;
    bool dropped;
    std::uint8_t oldest;  // version of the memory at the last flush before the grant
  };
  bool wants = true;  // to go on from `next`
  std::uint32_t next = kL2Base;
  bool requesting = false;      // a request stands …
  std::uint32_t requested = 0;  // … for this address …
  bool obsolete = false;        // … whose answer will be dropped
  std::deque<Fetch> in_flight;
  std::uint64_t waited = 0, longest_wait = 0;  // cycles a fetch has been in flight or ungranted
  std::uint64_t answers = 0;                   // those dropped left out

  /// From the next cycle on, fetch from `target`.
  void redirect(std::uint32_t target) {
    for (Fetch& fetch : in_flight) fetch.dropped = true;
    obsolete = requesting;
    next = target;
  }
};

/// One Verilated harness with its fetchers and memory.
template <class Model>
class Driver {
 public:
  std::vector<Fetcher> fetchers;
  std::uint64_t cycle = 0;
  std::uint64_t outside_reads = 0;
  bool flush = false;  // in the next cycle

  /// Called for each answer that is not dropped; may redirect.
  std::function<void(int port, std::uint32_t address)> on_answer;
  /// The fetch after the one granted; the next word if not set.
  std::function<std::uint32_t(int port, std::uint32_t address)> successor;
  /// Cycles from the grant of an outside read to its answer, and whether to grant now.
  std::function<unsigned()> latency = [] { return 10U; };
  std::function<bool()> grants = [] { return true; };

  explicit Driver(int ports) : fetchers(static_cast<std::size_t>(ports)) {
    model_.l2_bytes_i = kL2Bytes;
    model_.l3_bytes_i = kL3Bytes;
    model_.rst_ni = 1;
    model_.eval();
    model_.rst_ni = 0;
    model_.eval();
    model_.rst_ni = 1;
  }
  ~Driver() { model_.final(); }

  void write_memory() { ++version_; }
  Model& model() { return model_; }

  void step() {
    ++cycle;
    drive();
    model_.clk_i = 0;
    model_.eval();
    check_outside();
    for (std::size_t p = 0; p < fetchers.size(); ++p) sample(p);
    flush = false;
    model_.clk_i = 1;
    model_.eval();
  }

  void run(std::uint64_t cycles) {
    while (cycles-- != 0) step();
  }

 private:
  struct Read {
    std::uint64_t due, data;
  };
  Model model_;
  std::deque<Read> reads_;
  std::uint8_t version_ = 0, flushed_version_ = 0;
  bool out_standing_ = false;
  std::uint32_t out_standing_addr_ = 0;

  void drive() {
    if (flush) flushed_version_ = version_;
    model_.flush_i = flush;
    model_.instr_req_i = 0;
    for (std::size_t p = 0; p < fetchers.size(); ++p) {
      Fetcher& f = fetchers[p];
      if (!f.requesting && f.wants && f.in_flight.size() < 2) {
        f.requesting = true;
        f.obsolete = false;
        f.requested = f.next;
      }
      if (f.requesting) model_.instr_req_i |= static_cast<std::uint16_t>(1U << p);
      model_.instr_addr_i[p] = f.requested;
    }
    model_.out_gnt_i = grants();
    model_.out_rvalid_i = !reads_.empty() && reads_.front().due <= cycle;
    if (model_.out_rvalid_i) {
      model_.out_rdata_i = reads_.front().data;
      reads_.pop_front();
    } else {
      model_.out_rdata_i = 0xDEADBEEFDEADBEEFU;
    }
  }

  void check_outside() {
    if (out_standing_) {
      ASSERT_TRUE(model_.out_req_o) << "request withdrawn, cycle " << cycle;
      ASSERT_EQ(model_.out_addr_o, out_standing_addr_) << "cycle " << cycle;
    }
    out_standing_ = model_.out_req_o && !model_.out_gnt_i;
    out_standing_addr_ = model_.out_addr_o;
    if (!model_.out_req_o || !model_.out_gnt_i) return;
    const std::uint32_t address = model_.out_addr_o;
    ASSERT_EQ(address % 8, 0U);
    ASSERT_TRUE(executable(address)) << std::hex << address;
    ++outside_reads;
    const std::uint64_t data = content(address, version_) |
                               static_cast<std::uint64_t>(content(address + 4, version_)) << 32;
    const std::uint64_t after = reads_.empty() ? 0 : reads_.back().due + 1;
    reads_.push_back({std::max(cycle + latency(), after), data});
  }

  void sample(std::size_t p) {
    Fetcher& f = fetchers[p];
    const bool valid = (model_.instr_rvalid_o >> p & 1) != 0;
    const bool granted = f.requesting && (model_.instr_gnt_o >> p & 1) != 0;
    f.waited = valid || (f.in_flight.empty() && !f.requesting) ? 0 : f.waited + 1;
    f.longest_wait = std::max(f.longest_wait, f.waited);
    bool kept = false;
    std::uint32_t address = 0;
    if (valid) {
      ASSERT_FALSE(f.in_flight.empty()) << "answer without a fetch, port " << p;
      const typename Fetcher::Fetch fetch = f.in_flight.front();
      f.in_flight.pop_front();
      check(fetch, model_.instr_rdata_o[p], (model_.instr_err_o >> p & 1) != 0, p);
      kept = !fetch.dropped;
      address = fetch.address;
    }
    if (granted) {
      f.in_flight.push_back({f.requested, f.obsolete, flushed_version_});
      f.requesting = false;
      if (!f.obsolete) {
        f.next = successor ? successor(static_cast<int>(p), f.requested) : f.requested + 4;
      }
    }
    if (kept) {
      ++f.answers;
      if (on_answer) on_answer(static_cast<int>(p), address);
    }
  }

  void check(const Fetcher::Fetch& fetch, std::uint32_t data, bool error, std::size_t p) {
    ASSERT_EQ(error, !executable(fetch.address))
        << std::hex << fetch.address << std::dec << ", port " << p << ", cycle " << cycle;
    if (error) return;
    const auto version = static_cast<std::uint8_t>(data);
    ASSERT_EQ(data, content(fetch.address, version))
        << std::hex << fetch.address << std::dec << ", port " << p << ", cycle " << cycle;
    ASSERT_LE(static_cast<std::uint8_t>(version - fetch.oldest),
              static_cast<std::uint8_t>(version_ - fetch.oldest))
        << "older than the last flush: " << std::hex << fetch.address << std::dec << ", port " << p
        << ", cycle " << cycle;
  }
};

}  // namespace freebits::test

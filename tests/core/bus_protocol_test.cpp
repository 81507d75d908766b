// SPDX-License-Identifier: Apache-2.0
// The bus rules of docs/isa.md, watched in every cycle of random programs whose grants and
// responses come at random.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "Vcore.h"
#include "assembler.hpp"
#include "tb/isa/decode.hpp"
#include "verilated.h"

namespace freebits::test {
namespace {

constexpr std::uint32_t kCodeSize = 0x10000;  // read-only, so that the trap handler at 0 survives
constexpr std::uint32_t kSize = 0x20000;

/// An address phase as the memory sees it.
struct Request {
  std::uint32_t address = 0, write = 0, bytes = 0, data = 0;
  friend bool operator==(const Request&, const Request&) = default;
};

/// One port: a request stands unchanged until its grant; at most `limit` transactions are in
/// flight.
struct PortWatch {
  std::string name;
  int limit;
  bool waiting = false;
  Request held{};
  int in_flight = 0;

  void cycle(bool waits, bool granted, bool refused, bool responded, const Request& now) {
    if (responded) --in_flight;
    if (waiting) {
      EXPECT_TRUE(waits || granted || refused)
          << name << ": a request was withdrawn before its grant";
      EXPECT_TRUE(now == held) << name << ": a request changed before its grant";
    }
    if (granted) ++in_flight;
    EXPECT_LE(in_flight, limit) << name;
    EXPECT_TRUE((!waits && !granted) || (now.address & 3) == 0) << name;
    waiting = waits;
    held = now;
  }
};

class RandomMachine {
 public:
  RandomMachine(std::uint64_t seed, unsigned stall_percent)
      : random_(seed), stall_percent_(stall_percent), memory_(kSize) {
    for (std::size_t at = 0; at < kCodeSize; at += 4) {
      const std::uint32_t insn = instruction();
      std::memcpy(memory_.data() + at, &insn, 4);
    }
    // Traps land at 0: x8 points into the data again, the instruction is skipped, pc stays within
    // the code.
    Program handler(0);
    handler.li(8, 0x18000)
        .op("csrrs", {.rd = 10, .imm = 0x341})
        .op("addi", {.rd = 10, .rs1 = 10, .imm = 4});
    handler.op("slli", {.rd = 10, .rs1 = 10, .imm = 16})
        .op("srli", {.rd = 10, .rs1 = 10, .imm = 16});
    handler.op("csrrw", {.rs1 = 10, .imm = 0x341}).op("mret");
    const std::vector<std::uint8_t> bytes = handler.bytes();
    std::memcpy(memory_.data(), bytes.data(), bytes.size());
    reset();
  }

  void run(int cycles) {
    for (int i = 0; i < cycles && !testing::Test::HasFailure(); ++i) cycle();
    EXPECT_GT(retired_, 200) << "the program hangs";
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  std::uint32_t instruction() {
    if (below(4) == 0)
      return 0x00010001 | below(8) << 10 | below(8) << 26;  // pairs of compressed instructions
    if (below(6) == 0) {  // a short loop: fetch trims what it has read beyond its end
      return assemble("cv.setupi", {.loop = static_cast<std::uint8_t>(below(2)),
                                    .imm = static_cast<std::int32_t>(1 + below(6)),
                                    .imm2 = static_cast<std::int32_t>(2 + below(4))});
    }
    const auto specs = isa::instructions();
    while (true) {
      const isa::InsnSpec& spec = specs[below(static_cast<std::uint32_t>(specs.size()))];
      if (spec.op == isa::Op::Wfi || spec.op == isa::Op::Mret || spec.has(isa::kCsr)) continue;
      const auto random = static_cast<std::uint32_t>(random_());
      std::uint32_t insn = (random & ~spec.mask) | spec.match;
      if (spec.has(isa::kHwLoop)) insn &= 0x007F'FFFF;  // short bodies
      if (spec.op == isa::Op::Jal) insn &= 0x07F0'0FFF;
      const bool access = spec.has(isa::kLoad) || spec.has(isa::kStore);
      if (access && !spec.has(isa::kMacLoad) && below(8) != 0)
        insn = (insn & ~(31U << 15)) | 8U << 15;
      return insn;
    }
  }

  void reset() {
    core_.isa_level_i = 4;
    core_.hart_id_i = 0;
    core_.boot_addr_i = 0x100;
    core_.irq_i = 0;
    for (int i = 0; i < 8; ++i) {
      core_.region_base_i[i] = i == 0 ? 0 : i == 1 ? kCodeSize : 1;
      core_.region_last_i[i] = i == 0 ? kCodeSize - 1 : i == 1 ? kSize - 1 : 0;
    }
    core_.region_writable_i = 2;
    core_.instr_gnt_i = core_.data_gnt_i = 0;
    core_.instr_rvalid_i = core_.data_rvalid_i = 0;
    core_.rst_ni = 1;
    clock(0);
    core_.rst_ni = 0;
    core_.configure_i = 1;
    clock(0);
    clock(1);
    clock(0);
    core_.configure_i = 0;
    core_.rst_ni = 1;
    clock(0);
    observe(false, false);
  }

  void clock(int level) {
    core_.clk_i = static_cast<std::uint8_t>(level);
    core_.eval();
  }

  /// Inputs set here reach the core with the next clock edge (tb/core/fb_core_harness.sv).
  void cycle() {
    const bool fetched = !fetches_.empty() && !stalls();
    const bool loaded = !loads_.empty() && !stalls();
    core_.instr_rvalid_i = fetched ? 1 : 0;
    core_.data_rvalid_i = loaded ? 1 : 0;
    core_.instr_err_i = 0;
    if (fetched) respond(fetches_, core_.instr_rdata_i, &core_.instr_err_i);
    if (loaded) respond(loads_, core_.data_rdata_i, nullptr);
    core_.instr_gnt_i = stalls() ? 0 : 1;
    core_.data_gnt_i = stalls() ? 0 : 1;
    clock(0);
    clock(1);
    retired_ += core_.rvfi_valid;
    observe(fetched, loaded);
  }

  /// Address phases of the cycle that has begun.
  void observe(bool fetched, bool loaded) {
    instr_.cycle(core_.instr_waits_o != 0, core_.instr_req_o != 0, false, fetched,
                 {core_.instr_addr_o, 0, 0, 0});
    const bool writes = core_.data_we_o != 0;
    const bool allowed = core_.data_addr_o < kSize && (core_.data_addr_o >= kCodeSize || !writes);
    const bool refused = core_.data_req_o == 0 && core_.data_waits_o == 0 && !allowed;
    data_.cycle(
        core_.data_waits_o != 0, core_.data_req_o != 0, refused, loaded,
        {core_.data_addr_o, core_.data_we_o, core_.data_be_o, writes ? core_.data_wdata_o : 0});
    if (core_.instr_req_o != 0) fetches_.push_back(core_.instr_addr_o);
    if (core_.data_req_o != 0) {
      EXPECT_NE(core_.data_be_o, 0);
      loads_.push_back(core_.data_addr_o);
    }
  }

  template <class Data>
  void respond(std::vector<std::uint32_t>& queue, Data& data, CData* error) {
    const std::uint32_t address = queue.front();
    queue.erase(queue.begin());
    data = 0;
    if (address < kSize) std::memcpy(&data, memory_.data() + address, 4);
    if (error != nullptr) *error = address >= kSize ? 1 : 0;
  }

  bool stalls() { return below(100) < stall_percent_; }

  std::mt19937_64 random_;
  unsigned stall_percent_;
  std::vector<std::uint8_t> memory_;
  VerilatedContext context_;
  Vcore core_{&context_};
  PortWatch instr_{"fetch", 2}, data_{"data", 1};
  std::vector<std::uint32_t> fetches_, loads_;
  int retired_ = 0;
};

TEST(Core, RequestsStandUnchangedUntilTheirGrant) {
  for (std::uint64_t seed = 0; seed < 40 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (const unsigned stall : {0U, 10U, 30U, 60U, 85U}) RandomMachine(seed, stall).run(5000);
  }
}

}  // namespace
}  // namespace freebits::test

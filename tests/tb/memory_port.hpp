// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <vector>

#include "tb/cluster_numbers.hpp"
#include "tb/memory/memory_system.hpp"

namespace freebits::test {

namespace n = tb::cluster_numbers;

/// A memory system at a port of which every cycle is ours: deliveries come first, then the request
/// of the cycle, as in the engine.
class MemoryPort {
 public:
  struct Answer {
    std::uint8_t id;
    std::uint64_t cycle, data;
    friend bool operator==(const Answer&, const Answer&) = default;
    friend void PrintTo(const Answer& a, std::ostream* out) {
      *out << "id " << unsigned{a.id} << " in cycle " << a.cycle << ": 0x" << std::hex << a.data
           << std::dec;
    }
  };

  explicit MemoryPort(const tb::Target& target) : memory(target) {}

  /// The next cycle, with a request on the port or none.
  void step(const std::optional<tb::OutsideRequest>& request = {}) {
    ++now;
    if (memory.due() <= now) {
      const tb::OutsideDelivery d = memory.deliver(now);
      ASSERT_GT(memory.due(), now) << "would be called twice in a cycle";
      if (d.answer) answers.push_back({d.id, now, d.data});
      if (d.events != 0) events.push_back({d.events, now});
    }
    if (!request) return;
    memory.request(*request, now);
    ASSERT_GT(memory.due(), now) << "an answer in the cycle of its request";
  }
  void until(std::uint64_t cycle) {
    while (now < cycle) step();
  }
  void finish() {
    while (!memory.idle()) step();
    EXPECT_EQ(memory.due(), ~std::uint64_t{0}) << "costs cycles when idle";
  }

  void read(std::uint8_t id, std::uint32_t address) {
    step(tb::OutsideRequest{.id = id, .address = address});
  }
  void write(std::uint8_t id, std::uint32_t address, std::uint64_t data,
             std::uint8_t enable = 0xff) {
    step(tb::OutsideRequest{id, true, enable, address, data});
  }

  // A core's access to a word, as fb_outside_port makes it.
  static tb::OutsideRequest word(unsigned core, std::uint32_t address, bool write,
                                 std::uint32_t value = 0) {
    const bool upper = (address & 4) != 0;
    return {static_cast<std::uint8_t>(core), write, static_cast<std::uint8_t>(upper ? 0xf0 : 0x0f),
            address & ~7U, value | std::uint64_t{value} << 32};
  }
  void store(unsigned core, std::uint32_t address, std::uint32_t value) {
    step(word(core, address, true, value));
    wait_for(core);
  }
  std::uint32_t load(unsigned core, std::uint32_t address) {
    step(word(core, address, false));
    return static_cast<std::uint32_t>(wait_for(core) >> (8 * (address & 4)));
  }

  /// Data of the next answer to `id`.
  std::uint64_t wait_for(unsigned id) {
    for (std::size_t seen = answers.size();; step()) {
      for (; seen < answers.size(); ++seen) {
        if (answers[seen].id == id) return answers[seen].data;
      }
      if (memory.idle()) throw std::logic_error("idle without an answer");
    }
  }

  // The L3 DMA.
  struct Transfer {
    std::uint32_t source = 0, destination = 0, bytes = 0, rows = 1;
    std::uint32_t source_stride = 0, destination_stride = 0;
  };
  static std::uint32_t at(std::uint32_t offset) { return n::OutsideIoBase + offset; }
  void program(unsigned core, const Transfer& t) {
    store(core, at(n::DmaSource), t.source);
    store(core, at(n::DmaDestination), t.destination);
    store(core, at(n::DmaBytes), t.bytes);
    store(core, at(n::DmaRows), t.rows);
    store(core, at(n::DmaSourceStride), t.source_stride);
    store(core, at(n::DmaDestinationStride), t.destination_stride);
  }
  /// Programs a transfer, loads START in the next cycle and returns that cycle; the answer is left
  /// to come.
  std::uint64_t start(unsigned core, const Transfer& t) {
    program(core, t);
    step(word(core, at(n::DmaStart), false));
    return now;
  }

  std::vector<std::uint8_t> contents(std::uint32_t address, std::size_t size) const {
    std::vector<std::uint8_t> bytes(size);
    if (!memory.read(address, bytes)) throw std::logic_error("outside memory");
    return bytes;
  }
  std::uint64_t block(std::uint32_t address) const {
    std::uint64_t value = 0;
    std::memcpy(&value, contents(address, 8).data(), 8);
    return value;
  }
  void fill(std::uint32_t address, const std::vector<std::uint8_t>& bytes) {
    if (!memory.write(address, bytes)) throw std::logic_error("outside memory");
  }

  struct Event {
    std::uint8_t lines;
    std::uint64_t cycle;
    friend bool operator==(const Event&, const Event&) = default;
    friend void PrintTo(const Event& e, std::ostream* out) {
      *out << "lines " << unsigned{e.lines} << " in cycle " << e.cycle;
    }
  };

  tb::MemorySystem memory;
  std::uint64_t now = 0;
  std::vector<Answer> answers;
  std::vector<Event> events;
};

/// Small memories, the numbers of the shipped targets.
inline tb::Target memory_target() {
  tb::Target t;
  t.name = "test";
  t.l2.bytes = 64 << 10;
  t.l3.bytes = 128 << 10;
  return t;
}

}  // namespace freebits::test

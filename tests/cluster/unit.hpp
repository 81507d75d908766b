// SPDX-License-Identifier: Apache-2.0
// A Verilated module under test: its clock, its reset, and the slices of its flat ports, whatever
// type Verilator gave a port of that width.
#pragma once

#include <concepts>
#include <cstdint>
#include <random>

#include "verilated.h"

namespace freebits::test {

/// Slice `index` of `width` bits (a divisor of 32) of a port.
template <class Port>
std::uint32_t slice(const Port& port, int index, int width) {
  const std::uint32_t mask = width == 32 ? ~0U : (1U << width) - 1;
  const int bit = index * width;
  if constexpr (std::integral<Port>) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(port) >> bit) & mask;
  } else {
    return (port[bit / 32] >> bit % 32) & mask;
  }
}

template <class Port>
void set_slice(Port& port, int index, int width, std::uint32_t value) {
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  const int bit = index * width;
  if constexpr (std::integral<Port>) {
    const std::uint64_t kept = static_cast<std::uint64_t>(port) & ~(mask << bit);
    port = static_cast<Port>(kept | (value & mask) << bit);
  } else {
    const auto shifted = static_cast<std::uint32_t>(mask << bit % 32);
    port[bit / 32] = (port[bit / 32] & ~shifted) | ((value << bit % 32) & shifted);
  }
}

/// The whole of a port of at most 32 bits.
template <class Port>
void set(Port& port, std::uint32_t value) {
  port = static_cast<Port>(value);
}

/// Drive inputs, settle(), look at outputs, tick().
template <class Model>
struct Unit {
  Model ports;

  Unit() {
    ports.rst_ni = 1;
    settle();
    reset();
  }
  ~Unit() { ports.final(); }
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  void reset() {
    ports.rst_ni = 0;
    settle();
    ports.rst_ni = 1;
  }
  void settle() {
    ports.clk_i = 0;
    ports.eval();
  }
  void tick() {
    ports.clk_i = 1;
    ports.eval();
  }
};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::uint32_t word() { return static_cast<std::uint32_t>(engine_()); }
  /// 0 … bound - 1
  int below(int bound) { return static_cast<int>(word() % static_cast<unsigned>(bound)); }
  bool chance(int percent) { return below(100) < percent; }

 private:
  std::mt19937 engine_;
};

}  // namespace freebits::test

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "tb/memory/l2_memory.hpp"
#include "tb/memory/l3_memory.hpp"

namespace freebits::tb {

/// Rows of bytes; strides are signed.
struct Rows {
  std::uint32_t source = 0, destination = 0, bytes = 0, rows = 1;
  std::uint32_t source_stride = 0, destination_stride = 0;
  [[nodiscard]] bool empty() const { return bytes == 0 || rows == 0; }
};

/// Moves rows between L3 and L2, beat by beat: the bytes of one aligned 8-byte block of L2, an
/// access to L2 and a while on the L3 channel. A queue of kReadAhead beats between the two lets the
/// channel run on while L2 is busy.
class L3Transfer {
 public:
  static constexpr unsigned kReadAhead = 8;

  L3Transfer(L2Memory& l2, L3Memory& l3) : l2_(l2), l3_(l3) {}

  /// In cycle `now`. False: not all rows lie in L3 on one side and in L2 on the other; nothing is
  /// begun.
  bool begin(const Rows& rows, std::uint64_t now);
  /// Cycle of the next thing to do.
  [[nodiscard]] std::uint64_t due() const { return due_; }
  /// Does it. True: the last byte is where it belongs.
  bool advance(std::uint64_t now);
  void state(auto& s) {
    s(next_, due_, rows_, in_, channel_, reader_, queue_, channel_slot_, reader_slot_, first_,
      passed_);
  }

 private:
  /// How far one side of the queue has got.
  struct Position {
    std::uint32_t row = 0, column = 0;
  };
  struct Beat {
    std::uint32_t l2, l3, bytes;
  };
  struct Slot {
    std::uint64_t data = 0;   ///< on its way out
    std::uint64_t cycle = 0;  ///< in: of its access to L2; out: from when its data are here
  };

  [[nodiscard]] Beat beat(const Position& at) const;
  void step(Position& at, std::uint32_t bytes) const;
  [[nodiscard]] bool at_burst(const Position& at) const;
  void read_ahead(std::uint64_t now);
  void ask(std::uint64_t now);
  void schedule();
  void pass(std::uint64_t now);

  L2Memory& l2_;
  L3Memory& l3_;
  enum class Next : std::uint8_t { Ask, Pass, End } next_ = Next::Ask;
  std::uint64_t due_ = 0;
  Rows rows_;
  bool in_ = false;            ///< from L3 to L2
  Position channel_, reader_;  ///< reader: of L2, on the way out
  std::array<Slot, kReadAhead> queue_{};
  unsigned channel_slot_ = 0, reader_slot_ = 0;
  std::uint64_t first_ = 0;   ///< cycle in which the data of the burst begin
  std::uint32_t passed_ = 0;  ///< bytes of the burst
};

}  // namespace freebits::tb

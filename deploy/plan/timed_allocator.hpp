// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace freebits::models {

/// Steps of a program, both ends included.
struct Lifetime {
  std::uint32_t begin = 0, end = 0;
  [[nodiscard]] bool meets(const Lifetime& other) const {
    return begin <= other.end && other.begin <= end;
  }
  friend bool operator==(const Lifetime&, const Lifetime&) = default;
};

/// Bytes of a memory for a time.
struct Block {
  std::uint32_t address = 0, bytes = 0;
  Lifetime time;
  [[nodiscard]] bool meets(const Block& other) const {
    return time.meets(other.time) && address < other.address + other.bytes &&
           other.address < address + bytes;
  }
};

/// Gives blocks their places in a memory: those whose times meet do not share a byte.
class TimedAllocator {
 public:
  using Id = std::size_t;

  TimedAllocator(std::uint32_t begin, std::uint32_t end)
      : begin_((begin + 7) & ~7U), end_(end & ~7U) {}

  /// In the smallest gap that is free all the time, at a multiple of 8; nothing when there is none.
  /// `may_overlap`: a block it may share bytes with.
  [[nodiscard]] std::optional<Id> place(std::uint32_t bytes, Lifetime time,
                                        std::optional<Id> may_overlap = {});
  /// Lets a block live until `end` at least; false, and nothing done, when another is there by
  /// then.
  [[nodiscard]] bool extend(Id id, std::uint32_t end);

  [[nodiscard]] const Block& operator[](Id id) const { return blocks_[id]; }
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }

 private:
  std::uint32_t begin_, end_;
  std::vector<Block> blocks_;
};

}  // namespace freebits::models

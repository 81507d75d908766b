// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace freebits::tb {

/// Answers on their way to the cluster's port: earliest first, then in the order of their requests;
/// those of one id always so. Whatever is answered after a constant time is appended: two lanes
/// keep fast and slow answers from being sorted into each other.
class AnswerQueue {
 public:
  struct Answer {
    std::uint64_t due = 0, data = 0;
    std::uint8_t id = 0;
  };

  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  void push(std::uint8_t id, std::uint64_t due, std::uint64_t data) {
    std::uint64_t& last = last_[id % last_.size()];
    last = std::max(last, due);
    const Answer answer{last, data, id};
    if (!lanes_[0].append(answer) && !lanes_[1].append(answer)) lanes_[1].insert(answer);
  }

  /// Of the first; kNever: there is none.
  [[nodiscard]] std::uint64_t due() const { return std::min(lanes_[0].due, lanes_[1].due); }
  [[nodiscard]] bool empty() const { return due() == kNever; }
  /// Takes the first; there is one. Valid until the next push.
  const Answer& pop() {
    // Of two that are due at once the one in the second lane is the younger: it went there because
    // the first lane ended with a later one, which is still there.
    return lanes_[lanes_[1].due < lanes_[0].due ? 1 : 0].pop();
  }
  void clear() { *this = {}; }
  void state(auto& s) {
    for (Lane& lane : lanes_) lane.state(s);
    s(last_);
  }

 private:
  /// A sorted ring.
  class Lane {
   public:
    std::uint64_t due = kNever;  ///< of the first

    /// False: it would not be the last.
    bool append(const Answer& answer) {
      if (due == kNever) {
        due = answer.due;
      } else if (latest_ > answer.due) {
        return false;
      }
      if (last_ - first_ > mask_) grow();
      latest_ = answer.due;
      ring_[last_++ & mask_] = answer;
      return true;
    }
    /// Not as the last.
    [[gnu::noinline]] void insert(const Answer& answer) {
      if (last_ - first_ > mask_) grow();
      std::uint32_t place = last_++;
      for (; place != first_ && answer.due < ring_[(place - 1) & mask_].due; --place) {
        ring_[place & mask_] = ring_[(place - 1) & mask_];
      }
      ring_[place & mask_] = answer;
      due = std::min(due, answer.due);
    }
    const Answer& pop() {
      const Answer& first = ring_[first_++ & mask_];
      due = first_ == last_ ? kNever : ring_[first_ & mask_].due;
      return first;
    }
    void state(auto& s) { s(due, ring_, mask_, first_, last_, latest_); }

   private:
    [[gnu::noinline]] void grow() {
      std::vector<Answer> larger(2 * ring_.size());
      for (std::uint32_t i = first_; i != last_; ++i) {
        larger[i & (larger.size() - 1)] = ring_[i & mask_];
      }
      ring_ = std::move(larger);
      mask_ = static_cast<std::uint32_t>(ring_.size() - 1);
    }

    std::vector<Answer> ring_ = std::vector<Answer>(64);
    std::uint32_t mask_ = 63;  ///< its size is a power of two
    std::uint32_t first_ = 0, last_ = 0;
    std::uint64_t latest_ = 0;  ///< due of the last, while there is one
  };

  std::array<Lane, 2> lanes_;
  std::array<std::uint64_t, 32> last_{};  ///< per id: cycle of its last answer
};

}  // namespace freebits::tb

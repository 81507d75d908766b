// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace freebits::search {

/// Floats in memory aligned to a cache line, zero at first.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t size);

  [[nodiscard]] float* data() { return memory_.get(); }
  [[nodiscard]] const float* data() const { return memory_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<float> span() { return {memory_.get(), size_}; }
  [[nodiscard]] std::span<const float> span() const { return {memory_.get(), size_}; }
  [[nodiscard]] float& operator[](std::size_t i) { return memory_[i]; }
  [[nodiscard]] float operator[](std::size_t i) const { return memory_[i]; }

 private:
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::unique_ptr<float[], Free> memory_;
  std::size_t size_ = 0;
};

}  // namespace freebits::search

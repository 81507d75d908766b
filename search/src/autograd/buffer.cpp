// SPDX-License-Identifier: Apache-2.0
#include "freebits/search/autograd/buffer.hpp"

#include <cstring>
#include <new>

namespace freebits::search {

Buffer::Buffer(std::size_t size) : size_(size) {
  constexpr std::size_t kLine = 64;
  if (size == 0) return;
  const std::size_t bytes = (size * sizeof(float) + kLine - 1) / kLine * kLine;
  memory_.reset(static_cast<float*>(std::aligned_alloc(kLine, bytes)));
  if (!memory_) throw std::bad_alloc();
  std::memset(memory_.get(), 0, bytes);
}

}  // namespace freebits::search

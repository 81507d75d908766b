// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/buffer.hpp"

#include <sys/mman.h>

#include <cstring>
#include <new>

namespace freebits::search {

Buffer::Buffer(std::size_t size) : size_(size) {
  constexpr std::size_t kLine = 64, kHugePage = std::size_t{2} << 20;
  if (size == 0) return;
  const bool huge = size * sizeof(float) >= kHugePage;
  const std::size_t unit = huge ? kHugePage : kLine;
  const std::size_t bytes = (size * sizeof(float) + unit - 1) / unit * unit;
  memory_.reset(static_cast<float*>(std::aligned_alloc(unit, bytes)));
  if (!memory_) throw std::bad_alloc();
  // Only a wish: without huge pages everything works, with more misses of the TLB.
  if (huge) (void)madvise(memory_.get(), bytes, MADV_HUGEPAGE);
  std::memset(memory_.get(), 0, bytes);
}

}  // namespace freebits::search

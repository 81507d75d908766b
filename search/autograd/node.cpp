// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/node.hpp"

#include <algorithm>
#include <stdexcept>

namespace freebits::search {

float* Scratch::take(std::size_t floats) {
  const std::size_t used = need(floats);
  if (used > memory_.size()) throw std::logic_error("an op takes more scratch than it asked for");
  float* const taken = memory_.data();
  memory_ = memory_.subspan(used);
  return taken;
}

const float* Node::values(std::size_t first, std::size_t rows, float* out) const {
  const float* const from = raw + floats(first);
  if (epilogue.is_identity()) return from;
  epilogue.apply(from, first, rows, out);
  return out;
}

void Node::begin_gradient(bool seeded) {
  received_ = 0;
  expected_ = consumers + (seeded ? 1 : 0);
  if (!wants_gradient) return;
  epilogue.begin_gradient();
  if (expected_ == 0) std::fill_n(gradient, shape.size(), 0.0F);  // nobody reads it
}

void Node::begin_contribution() { ++received_; }

void Node::contribute(unsigned thread, std::size_t first, std::size_t rows, const float* values) {
  const std::size_t count = floats(rows);
  float* const to = gradient + floats(first);
  const bool last = received_ == expected_;
  if (received_ == 1) {
    if (last && !epilogue.is_identity()) {
      epilogue.add_gradient(thread, raw + floats(first), first, rows, values, to);
    } else if (to != values) {
      std::copy_n(values, count, to);
    }
    return;
  }
  for (std::size_t i = 0; i < count; ++i) to[i] += values[i];
  if (last && !epilogue.is_identity())
    epilogue.add_gradient(thread, raw + floats(first), first, rows, to, to);
}

const float* Node::raw_gradient(std::size_t first, std::size_t rows, float* out) const {
  const float* const from = gradient + floats(first);
  if (!epilogue.scales_gradient()) return from;
  epilogue.raw_gradient(raw + floats(first), from, rows, out);
  return out;
}

}  // namespace freebits::search

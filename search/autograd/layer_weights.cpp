// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/layer_weights.hpp"

#include <algorithm>

namespace freebits::search {

LayerWeights::LayerWeights(Node& node, std::size_t depth, std::size_t columns, bool input_gradient,
                           unsigned parts)
    : node_(&node), depth_(depth), columns_(columns), packed_(depth, columns) {
  if (!node.epilogue.is_identity()) values_ = Buffer(depth * columns);
  if (!input_gradient) return;
  for (unsigned part = 0; part < parts; ++part) transposed_.emplace_back(columns, depth / parts);
}

void LayerWeights::prepare(const Execution& e) {
  const float* const values = node_->values(0, depth_, values_.data());
  e.threads->split(packed_.panels(), [&](unsigned, std::size_t first, std::size_t last) {
    packed_.pack(values, first, last);
  });
  if (!e.train) return;
  for (std::size_t part = 0; part < transposed_.size(); ++part) {
    PackedMatrix& to = transposed_[part];
    const float* const from = values + part * to.columns() * columns_;
    e.threads->split(to.panels(), [&](unsigned, std::size_t first, std::size_t last) {
      to.pack_transposed(from, columns_, first, last);
    });
  }
}

void LayerWeights::send_gradient(const Execution& e) {
  add_thread_sums(e, depth_ * columns_);
  node_->begin_contribution();
  node_->contribute(0, 0, depth_, e.scratch_memory[0].data());
}

void clear_thread_sums(const Execution& e, std::size_t count) {
  e.threads->run(
      [&](unsigned thread) { std::fill_n(e.scratch_memory[thread].data(), count, 0.0F); });
}

void add_thread_sums(const Execution& e, std::size_t count) {
  float* const sum = e.scratch_memory[0].data();
  e.threads->split(count, [&](unsigned, std::size_t first, std::size_t last) {
    for (std::size_t thread = 1; thread < e.scratch_memory.size(); ++thread) {
      const float* const other = e.scratch_memory[thread].data();
      for (std::size_t i = first; i < last; ++i) sum[i] += other[i];
    }
  });
}

}  // namespace freebits::search

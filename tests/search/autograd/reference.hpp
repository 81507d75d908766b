// SPDX-License-Identifier: Apache-2.0
// Plain loops in double precision: what the ops ought to compute.
#pragma once

#include "check.hpp"

namespace freebits::search::test {

/// Weights [kernel y][kernel x][in][out]; `shape` is x's.
[[nodiscard]] Exact conv_of(const BatchShape& shape, const Exact& x, const Exact& w,
                            std::size_t out_channels, const Window& window);
/// Weights [kernel y][kernel x][channel].
[[nodiscard]] Exact depthwise_of(const BatchShape& shape, const Exact& x, const Exact& w,
                                 const Window& window);
[[nodiscard]] Exact max_pool_of(const BatchShape& shape, const Exact& x, const Window& window);
[[nodiscard]] Exact average_pool_of(const BatchShape& shape, const Exact& x);

/// Mean and biased variance of each channel.
struct Moments {
  Exact mean, variance;
};
[[nodiscard]] Moments moments_of(const Exact& x, std::size_t channels);
/// gamma · (x - mean) / sqrt(variance + epsilon) + beta.
[[nodiscard]] Exact normalized(const Exact& x, const Moments& moments, double epsilon,
                               const Exact& gamma, const Exact& beta);
[[nodiscard]] Exact clipped(Exact x, double low, double high);

}  // namespace freebits::search::test

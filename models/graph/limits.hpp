// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/layers/layers.hpp"
#include "models/layers/tensor.hpp"

namespace freebits::models {

/// What there are kernels for (sw/kernels): what goes beyond is refused where a graph or an integer
/// network enters, since nothing could compute it, or measure what it takes.
///   - height, width and channels of a tensor: 1 to 65,535
///   - sides of a kernel and strides: 1 to 255
///   - depthwise convolutions: 3x3, with a stride of 1 or 2
///   - max pools: squares
///   - products in a sum: 1 to 65,793, the most of 8 bits each whose sum fits 32 bits with sign
/// The functions throw Error that names what is given and what would be possible.
inline constexpr unsigned kLargestSide = 65'535, kLargestKernel = 255, kMostProducts = 65'793;

void check_supported(Shape shape);
void check_supported(const Conv& layer);
void check_supported(const Depthwise& layer);
void check_supported(const MaxPool& layer);

// For the files of the kinds.

void check_window(unsigned height, unsigned width, unsigned stride);
void check_depthwise_window(unsigned height, unsigned width, unsigned stride);
void check_max_pool_window(unsigned height, unsigned width, unsigned stride);
void check_products(std::uint64_t products);

}  // namespace freebits::models

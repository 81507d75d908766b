// SPDX-License-Identifier: Apache-2.0
#include "search/data/normalization.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/error.hpp"
#include "search/data/parallel.hpp"

namespace freebits::search {
namespace {

/// Of one worker. 2^64 is enough for 2^48 bytes.
struct Sums {
  std::vector<std::uint8_t> image;
  std::vector<std::uint64_t> sum, squares;

  void add(unsigned channels) {
    for (std::size_t i = 0; i < image.size(); i += channels) {
      for (unsigned c = 0; c < channels; ++c) {
        const std::uint64_t value = image[i + c];
        sum[c] += value;
        squares[c] += value * value;
      }
    }
  }
};

}  // namespace

Normalization measure_normalization(const Dataset& set, unsigned workers, std::size_t most) {
  if (workers == 0) throw Error("workers: 0, expected at least 1");
  if (most == 0) throw Error("images to measure: 0, expected at least 1");
  const ImageShape shape = set.shape();
  const std::size_t count = std::min(most, set.size());
  std::vector<Sums> sums(workers, Sums{std::vector<std::uint8_t>(shape.size()),
                                       std::vector<std::uint64_t>(shape.channels),
                                       std::vector<std::uint64_t>(shape.channels)});
  for_each_index(count, workers, [&](unsigned worker, std::size_t i) {
    const std::size_t image = i * (set.size() / count) + i * (set.size() % count) / count;
    set.read(image, sums[worker].image);
    sums[worker].add(shape.channels);
  });

  Normalization result;
  const double pixels = static_cast<double>(count) * shape.height * shape.width;
  for (unsigned c = 0; c < shape.channels; ++c) {
    std::uint64_t sum = 0, squares = 0;
    for (const Sums& part : sums) {
      sum += part.sum[c];
      squares += part.squares[c];
    }
    const double mean = static_cast<double>(sum) / pixels;
    const double variance = static_cast<double>(squares) / pixels - mean * mean;
    result.mean.push_back(mean / 255);
    // Bytes that differ at all have a variance far above what rounding leaves of one value's.
    const bool constant = variance < 1e-9;
    result.deviation.push_back(constant ? 1 : std::sqrt(variance) / 255);
  }
  return result;
}

}  // namespace freebits::search

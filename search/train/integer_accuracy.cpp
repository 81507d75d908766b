// SPDX-License-Identifier: Apache-2.0
#include "search/train/integer_accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "base/error.hpp"

namespace freebits::search {

std::optional<double> integer_accuracy(const models::IntegerNetwork& network, const Dataset& images,
                                       Threads& threads, StopToken stop) {
  const ImageShape shape = images.shape();
  if (!(models::Shape{shape.height, shape.width, shape.channels} == network.input)) {
    throw Error(fmt::format("{} takes {}x{}x{}; the data set has images of {}x{}x{}", network.name,
                            network.input.height, network.input.width, network.input.channels,
                            shape.height, shape.width, shape.channels));
  }
  std::vector<std::size_t> correct(threads.count());
  const auto count = [&](unsigned thread, std::size_t first, std::size_t last) {
    std::vector<std::uint8_t> bytes(shape.size());
    models::Tensor input(network.input, network.input_type);
    for (std::size_t i = first; i < last; ++i) {
      images.read(i, bytes);
      std::ranges::copy(bytes, input.values.begin());
      const std::vector<std::int16_t> outputs = models::run(network, input, stop).back().values;
      const auto best = std::ranges::max_element(outputs) - outputs.begin();
      correct[thread] += static_cast<unsigned>(best) == images.label(i) ? 1 : 0;
    }
  };
  try {
    threads.split(images.size(), count);
  } catch (const Interrupted&) {
    return std::nullopt;
  }
  const std::size_t all = std::accumulate(correct.begin(), correct.end(), std::size_t{0});
  return static_cast<double>(all) / static_cast<double>(images.size());
}

}  // namespace freebits::search

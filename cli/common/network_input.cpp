// SPDX-License-Identifier: Apache-2.0
// --input of `freebits run`: what the network is given to see.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file_bytes.hpp"
#include "cli/common/network_options.hpp"
#include "models/quantize/quantize.hpp"
#include "search/data/image.hpp"
#include "search/data/npy.hpp"

namespace freebits::cli {
namespace {

using models::IntegerNetwork;
using models::Shape;
using models::Tensor;

/// Of a network that says nothing: scaled until it covers the input, the middle cut out.
models::InputPreparation covering(const Shape& input) {
  return {.scaled = {input.height, input.width}, .crop = {input.height, input.width}};
}

Tensor picture(const NetworkOptions& options, const IntegerNetwork& network) {
  const Shape& shape = network.input;
  if ((shape.channels != 3 && shape.channels != 1) || network.input_type != models::IntType::U8) {
    throw Error(fmt::format(
        "--input {}: {} takes {} channels of {}, a picture has 3 or 1 of u8; name a .npy",
        options.input, network.name, shape.channels, models::name(network.input_type)));
  }
  // A built-in network has seen no picture yet: there is nothing to differ from.
  if (!network.preparation && std::filesystem::exists(options.network)) {
    fmt::print(stderr,
               "{} does not say how its pictures were prepared: this one is scaled to cover {} x "
               "{}, the middle cut out; export the network anew to see it as in training\n",
               options.network, shape.height, shape.width);
  }
  Tensor tensor(shape, network.input_type);
  std::ranges::copy(search::read_image(options.input, network.preparation.value_or(covering(shape)),
                                       {shape.height, shape.width, shape.channels}),
                    tensor.values.begin());
  return tensor;
}

/// Height x width x channels; a first index of one image, and a last of one channel, may be there
/// or not.
bool is_shape(const std::vector<std::size_t>& found, const Shape& expected) {
  std::vector<std::size_t> shape{expected.height, expected.width, expected.channels};
  const auto one_image = [](std::vector<std::size_t> s) {
    s.insert(s.begin(), 1);
    return s;
  };
  if (found == shape || found == one_image(shape)) return true;
  if (expected.channels != 1) return false;
  shape.pop_back();
  return found == shape || found == one_image(shape);
}

Tensor tensor_of(const NetworkOptions& options, const IntegerNetwork& network,
                 const std::vector<std::int64_t>& values) {
  const models::IntType type = network.input_type;
  Tensor tensor(network.input, type);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < models::lowest(type) || values[i] > models::highest(type)) {
      throw Error(fmt::format("--input {}: value {} is {}, expected {} to {} ({})", options.input,
                              i, values[i], models::lowest(type), models::highest(type),
                              models::name(type)));
    }
    tensor.values[i] = static_cast<std::int16_t>(values[i]);
  }
  return tensor;
}

Tensor array(const NetworkOptions& options, const IntegerNetwork& network) {
  const search::IntegerArray array = search::read_npy(options.input);
  const Shape& shape = network.input;
  if (!is_shape(array.shape, shape)) {
    throw Error(fmt::format("--input {}: an array of {}, expected {} x {} x {}", options.input,
                            fmt::join(array.shape, " x "), shape.height, shape.width,
                            shape.channels));
  }
  return tensor_of(options, network, array.values);
}

/// A byte each value, two's complement where the type has a sign.
Tensor raw(const NetworkOptions& options, const IntegerNetwork& network) {
  const Shape& shape = network.input;
  const std::string bytes = read_bytes(options.input);
  if (bytes.size() != shape.size()) {
    throw Error(fmt::format(
        "--input {}: {} bytes that are no JPEG, PNG or .npy; expected one, or {} x {} x {} values "
        "of a byte",
        options.input, bytes.size(), shape.height, shape.width, shape.channels));
  }
  std::vector<std::int64_t> values;
  for (const char byte : bytes) {
    values.push_back(models::is_signed(network.input_type) ? static_cast<std::int8_t>(byte)
                                                           : static_cast<std::uint8_t>(byte));
  }
  return tensor_of(options, network, values);
}

}  // namespace

models::Tensor chosen_input(const NetworkOptions& options, const models::IntegerNetwork& network) {
  if (options.input == "random")
    return models::random_tensor(network.input, network.input_type, options.seed);
  try {
    if (search::is_image(options.input)) return picture(options, network);
    if (search::is_npy(options.input)) return array(options, network);
    return raw(options, network);
  } catch (const Error& error) {
    throw Error(fmt::format("--input {}", error.what()));
  }
}

}  // namespace freebits::cli

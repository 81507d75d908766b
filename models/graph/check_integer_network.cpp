// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string_view>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "models/graph/check_preparation.hpp"
#include "models/graph/integer_network.hpp"
#include "models/reference/checks.hpp"

namespace freebits::models {
namespace {

constexpr std::uint32_t kMostShift = 30;  // freebits/requantize.h
constexpr double kLimit = 2147483648.0;   // of 32 bits with sign

void expect_no_overflow(double largest_sum, const std::string& where) {
  if (largest_sum < kLimit) return;
  throw Error(fmt::format("{}: sums up to {:.3g}, expected less than 2^31", where, largest_sum));
}

void expect_shift(std::uint32_t shift, std::uint32_t least) {
  if (shift >= least && shift <= kMostShift) return;
  throw Error(fmt::format("shift: {}, expected {} to {}", shift, least, kMostShift));
}

/// For accumulators up to `bound` in channel `c`.
void check_channel(const Requantization& r, std::size_t c, std::int64_t bound) {
  const double acc = std::ldexp(static_cast<double>(bound), r.pre);
  const fb_requant_channel& channel = r.channels[c];
  const double sum = std::ldexp(acc * channel.mul, -32) + 1 +
                     std::abs(static_cast<double>(channel.add)) + std::ldexp(1, r.shift - 1);
  expect_no_overflow(std::max(acc, sum), fmt::format("requantization of channel {}", c));
}

void check_steps(const Requantization& r, std::size_t channels) {
  expect("requantized channels", r.channels.size(), channels);
  if (r.pre > kMostShift) throw Error(fmt::format("pre: {}, expected 0 to {}", r.pre, kMostShift));
  expect_shift(r.shift, 1);
}

struct CheckOp {
  const std::vector<const Tensor*>& in;

  void operator()(const Conv& op) const {
    expect("weights", op.weights.size(),
           std::size_t{op.out_channels} * op.kernel_height * op.kernel_width * op.in_channels);
    expect("input channels", op.in_channels, in[0]->shape.channels);
    weighted(op, op.out_channels);
  }
  void operator()(const Depthwise& op) const {
    expect("weights", op.weights.size(), std::size_t{op.channels} * op.kernel * op.kernel);
    expect("input channels", op.channels, in[0]->shape.channels);
    weighted(op, op.channels);
  }
  void operator()(const Add& op) const {
    if (!(in[0]->shape == in[1]->shape))
      throw Error("inputs of different shapes, expected equal ones");
    expect_shift(op.addition.shift, 0);
    const auto part = [](const Tensor& t, std::int32_t mul) {
      return largest(t.type) * std::abs(static_cast<double>(mul));
    };
    expect_no_overflow(part(*in[0], op.addition.mul_a) + part(*in[1], op.addition.mul_b) +
                           std::abs(static_cast<double>(op.addition.add)),
                       "addition");
  }
  void operator()(const AveragePool& op) const {
    check_steps(op.requantization, 1);
    const Shape shape = in[0]->shape;
    check_channel(op.requantization, 0,
                  std::int64_t{shape.height} * shape.width * largest(in[0]->type));
  }
  void operator()(const MaxPool& op) const {
    if (op.requantization.channels.empty()) return;  // the type stays
    check_steps(op.requantization, 1);
    check_channel(op.requantization, 0, largest(in[0]->type));
  }

 private:
  template <class Op>
  void weighted(const Op& op, unsigned channels) const {
    if (!is_signed(op.weight_type))
      throw Error(fmt::format("weights of {}, expected s8, s4 or s2", name(op.weight_type)));
    check_weights(op.weights, op.weight_type);
    check_steps(op.requantization, channels);
    for (unsigned c = 0; c < channels; ++c)
      check_channel(op.requantization, c, accumulator_bound(op, in[0]->type, c));
  }
};

}  // namespace

void check(const IntegerNetwork& network) {
  if (network.preparation) check_preparation(*network.preparation, network.input);
  check_name("network", network.name);
  if (network.layers.empty()) throw Error(network.name + ": no layers, expected at least one");
  std::set<std::string_view> names = {kInputName};
  for (const IntegerLayer& layer : network.layers) {
    check_name(network.name + ": layer", layer.name);
    if (!names.insert(layer.name).second) {
      throw Error(
          fmt::format("{}: layer {}: its name is another's, expected one "
                      "of its own",
                      network.name, layer.name));
    }
  }
  const std::vector<Tensor> tensors = empty_tensors(network);
  for (TensorId id = 0; id < tensors.size(); ++id) {
    check_tensor_size(
        fmt::format("{}: {}", network.name, id == 0 ? kInputName : network.layers[id - 1].name),
        tensors[id].shape);
  }
  for (const IntegerLayer& layer : network.layers) {
    std::vector<const Tensor*> in;
    for (const TensorId id : layer.inputs) in.push_back(&tensors[id]);
    try {
      std::visit(CheckOp{in}, layer.op);
    } catch (const Error& error) {
      throw Error(fmt::format("{}: layer {}: {}", network.name, layer.name, error.what()));
    }
  }
}

}  // namespace freebits::models

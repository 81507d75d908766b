// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/room.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/error.hpp"
#include "freebits/kernel_layout.h"

namespace freebits::models {
namespace {

/// A plan of no more is looked for at once, and says better what does not fit.
constexpr std::uint64_t kSmall = 1 << 28;

/// At least what its weights take, 64 bits.
std::uint64_t weight_bytes(const IntegerOp& op) {
  return std::visit(
      [](const auto& each) -> std::uint64_t {
        if constexpr (requires { each.weights; }) {
          return std::uint64_t{each.weights.size()} * bits(each.weight_type) / 8;
        } else {
          return 0;
        }
      },
      op);
}

}  // namespace

void expect_room(const IntegerNetwork& network, const Machine& machine) {
  const std::uint64_t l2 = machine.l2_end - machine.l2_begin;
  const std::uint64_t l3 = machine.l3_end - machine.l3_begin;
  const auto expect = [&](std::string_view layer, const char* what, std::uint64_t bytes) {
    if (bytes <= std::max({l2, l3, kSmall})) return;
    throw Error(fmt::format(
        "{}: {} of {} bytes, expected at most the {} that L2 has for it or the {} of L3", layer,
        what, bytes, l2, l3));
  };
  const std::vector<Tensor> tensors = empty_tensors(network);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto [shape, type, none] = tensors[i];
    const std::string name = i == 0 ? "the input" : "layer " + network.layers[i - 1].name;
    expect(name, "a tensor",
           std::uint64_t{shape.height} * shape.width * fb_pixel_bytes(shape.channels, bits(type)));
    if (i != 0) expect(name, "weights", weight_bytes(network.layers[i - 1].op));
  }
}

}  // namespace freebits::models

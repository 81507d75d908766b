// SPDX-License-Identifier: Apache-2.0
#include "profiler/profile/key.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"
#include "deploy/image/program.hpp"
#include "freebits/kernel_layout.h"
#include "profiler/network/on_target.hpp"
#include "profiler/network/stand_in.hpp"
#include "profiler/store/hashes.hpp"

namespace freebits::profiler {
namespace {

using models::KernelLayer;

std::string shape_text(models::Shape s) {
  return fmt::format("{}x{}x{}", s.height, s.width, s.channels);
}

std::string text(const models::Layer& l, models::Shape in, models::Shape out) {
  return fmt::format("{} {}x{}/{} pad {},{},{},{} {} {}", models::name(l.kind), l.kernel_height,
                     l.kernel_width, l.stride, l.padding.top, l.padding.left, l.padding.bottom,
                     l.padding.right, shape_text(in), shape_text(out));
}

}  // namespace

LatencyKeys::LatencyKeys(const tb::Target& target, const models::Graph& graph) : graph_(graph) {
  const std::vector<models::Shape> shapes =
      on_target(graph.name, target, [&] { return models::shapes(graph); });
  layers_ = on_target(graph.name, target, [&] {
    return models::kernel_layers(bare_network(graph, models::uniform(graph, 8)));
  });
  machine_ = machine_before_linking(target);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& l = graph.layers[i];
    texts_.push_back(text(l, shapes[l.inputs.front()], shapes[i + 1]));
  }
  beginning_ =
      fmt::format("method {}; target {}; rtl {}; memory {}; sw {}; schedule {}; ", kMethodHash,
                  tb::target_hash(target), kRtlHash, kMemoryHash, kSwHash, kScheduleHash);
  network_ = sha256(network_text());
  for (const WantedLatency& wanted : all_latencies(graph))
    first_.try_emplace(description(wanted), wanted);
}

WantedLatency LatencyKeys::measured_for(const WantedLatency& wanted) const {
  return first_.at(description(wanted));
}

std::string LatencyKeys::key(const WantedLatency& wanted, Fidelity fidelity) {
  const WantedLatency measured = measured_for(wanted);
  const models::Tiling& t = tiling(measured);
  return fmt::format("{}{}; tiles {}x{} {} scratch {}; layer {} of network {}; {}", beginning_,
                     description(measured), t.rows, t.channels,
                     t.channels_first ? "down" : "across", t.scratch_bytes, measured.layer,
                     network_, name(fidelity));
}

KernelLayer LatencyKeys::layer(const WantedLatency& wanted) const {
  const auto narrowed = [](models::IntType type, unsigned bits) {
    return models::int_type(bits, models::is_signed(type));
  };
  KernelLayer l = layers_.at(wanted.layer);
  const LayerBits& bits = wanted.bits;
  l.in_type = narrowed(l.in_type, bits.in[0]);
  l.second_type = narrowed(l.second_type, bits.in[1] == 0 ? bits.in[0] : bits.in[1]);
  l.out_type = narrowed(l.out_type, bits.out);
  if (bits.weights != 0) l.weight_type = narrowed(l.weight_type, bits.weights);
  return l;
}

const models::Tiling& LatencyKeys::tiling(const WantedLatency& wanted) {
  const auto known = tilings_.find(wanted);
  if (known != tilings_.end()) return known->second;
  return tilings_.emplace(wanted, models::choose_tiling(machine_, layer(wanted))).first->second;
}

/// A layer with its types, and what made its inputs.
std::string LatencyKeys::description(const WantedLatency& wanted) const {
  const KernelLayer l = layer(wanted);
  std::string types{models::name(l.in_type)};
  if (l.inputs() == 2) types += fmt::format(" + {}", models::name(l.second_type));
  if (wanted.bits.weights != 0) types += fmt::format(" * {}", models::name(l.weight_type));
  std::string all = fmt::format("{}; {} -> {}; {}", texts_.at(wanted.layer), types,
                                models::name(l.out_type), context(wanted.layer));
  // What it waits for streaming weights depends on where in the network it stands.
  if (wanted.bits.weights != 0 && !fits_l2(wanted.bits.weights))
    all += fmt::format("; streamed, layer {}", wanted.layer);
  return all;
}

/// Whether all weights, with so many bits, fit L2 beside the largest tensors of a layer at 8 bits.
bool LatencyKeys::fits_l2(unsigned weight_bits) const {
  std::uint64_t weights = 0, tensors = 0;
  for (KernelLayer l : layers_) {
    l.weight_type = models::int_type(weight_bits, true);
    weights += models::constant_bytes(l, l.out.channels).sum();
    const auto bytes = [](models::Shape s) {
      return std::uint64_t{s.height} * s.width * fb_pixel_bytes(s.channels, 8);
    };
    tensors = std::max(tensors, bytes(l.in) * l.inputs() + bytes(l.out));
  }
  return weights + tensors <= machine_.l2_end - machine_.l2_begin;
}

/// Where the inputs come from, and over how many layers.
std::string LatencyKeys::context(std::size_t layer) const {
  std::string text = "after";
  for (const models::TensorId tensor : graph_.layers[layer].inputs) {
    text += tensor == 0 ? " [input]" : fmt::format(" [{}]", texts_[tensor - 1]);
    text += fmt::format(" -{}", layer + 1 - tensor);
  }
  return text;
}

/// All of the graph that a plan depends on.
std::string LatencyKeys::network_text() const {
  std::string all;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    all +=
        fmt::format("{} {} {} {}\n", texts_[i], context(i), models::is_signed(layers_[i].in_type),
                    models::is_signed(layers_[i].out_type));
  }
  return all;
}

}  // namespace freebits::profiler

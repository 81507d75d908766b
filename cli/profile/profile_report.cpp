// SPDX-License-Identifier: Apache-2.0
#include "cli/profile/profile_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "profiler/profile/profile.hpp"

namespace freebits::cli {
namespace {

using profiler::LatencyEntry;
using profiler::LatencyTable;
using profiler::LayerBits;

/// A layer of the graph with its shapes and the types its bits stand for.
class LayerView {
 public:
  LayerView(const models::Graph& graph, std::size_t layer)
      : layer_(graph.layers[layer]), index_(layer), shapes_(models::shapes(graph)) {
    for (const models::IntType type : models::tensor_types(graph, models::uniform(graph, 8)))
      signed_.push_back(models::is_signed(type));
  }

  [[nodiscard]] models::Shape in() const { return shapes_[layer_.inputs.front()]; }
  [[nodiscard]] models::Shape out() const { return shapes_[index_ + 1]; }
  [[nodiscard]] std::uint64_t macs() const { return models::macs(layer_, in(), out()); }
  [[nodiscard]] double macs_per_cycle(const LatencyEntry& e) const {
    return e.cycles == 0 ? 0 : static_cast<double>(macs()) / static_cast<double>(e.cycles);
  }
  [[nodiscard]] std::string_view in_type(const LayerBits& bits, std::size_t i = 0) const {
    return models::name(models::int_type(bits.in.at(i), signed_[layer_.inputs.at(i)]));
  }
  /// Of the weights, or of the second input.
  [[nodiscard]] std::string_view second_type(const LayerBits& bits) const {
    if (bits.weights != 0) return models::name(models::int_type(bits.weights, true));
    return bits.in[1] == 0 ? "" : in_type(bits, 1);
  }
  [[nodiscard]] std::string_view out_type(const LayerBits& bits) const {
    return models::name(models::int_type(bits.out, signed_[index_ + 1]));
  }

 private:
  const models::Layer& layer_;
  std::size_t index_;
  std::vector<models::Shape> shapes_;
  std::vector<bool> signed_;
};

nlohmann::ordered_json shape_json(models::Shape s) { return {s.height, s.width, s.channels}; }

nlohmann::ordered_json entry_json(const LayerView& view, const LatencyEntry& e) {
  nlohmann::ordered_json accounting;
  for (std::size_t i = 0; i < tb::kActivityNames.size(); ++i)
    accounting[std::string(tb::kActivityNames[i])] = e.accounting[i];
  return {{"in", view.in_type(e.bits)},
          {"weights", view.second_type(e.bits)},
          {"out", view.out_type(e.bits)},
          {"cycles", e.cycles},
          {"l3_wait", e.l3_wait},
          {"operand_wait", e.operand_wait},
          {"macs_per_cycle", view.macs_per_cycle(e)},
          {"error_bound", e.error_bound},
          {"simulated", e.simulated},
          {"instructions", e.instructions},
          {"accounting", accounting}};
}

std::string widths_text(const LayerView& view, const LayerBits& bits) {
  return fmt::format("{:>3}{:>4}{:>4}", view.in_type(bits), view.second_type(bits),
                     view.out_type(bits));
}

}  // namespace

std::optional<std::uint64_t> total(const LatencyTable& table, const models::Graph& graph,
                                   const models::BitWidths& widths, const tb::Target& target) {
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (table.find(i, profiler::layer_bits(graph, widths, i)) == nullptr) return std::nullopt;
  }
  return profiler::network_cycles(target, table, graph, widths);
}

void print_latencies(const LatencyTable& table, const models::Graph& graph,
                     const tb::Target& target) {
  fmt::print(stderr, "{:<24}{:<16}{:>12}{:>8}{:>12}{:>8}  {:>11}{:>12}{:>8}\n", "layer", "kind",
             "MAC", "entries", "cycles at 8", "MAC/cyc", "fastest at", "cycles", "MAC/cyc");
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const LayerView view(graph, i);
    const models::Layer& layer = graph.layers[i];
    const auto& entries = table.layers[i];
    const auto best = std::ranges::min_element(entries, {}, &LatencyEntry::cycles);
    const LatencyEntry* eight =
        table.find(i, profiler::layer_bits(graph, models::uniform(graph, 8), i));
    fmt::print(stderr, "{:<24}{:<16}{:>12}{:>8}", layer.name, models::name(layer.kind), view.macs(),
               entries.size());
    if (eight != nullptr) {
      fmt::print(stderr, "{:>12}{:>8.2f}", eight->cycles, view.macs_per_cycle(*eight));
    } else {
      fmt::print(stderr, "{:>12}{:>8}", "-", "-");
    }
    fmt::print(stderr, "  {}{:>12}{:>8.2f}\n", widths_text(view, best->bits), best->cycles,
               view.macs_per_cycle(*best));
  }
  for (const unsigned bits : models::kBitWidths) {
    const auto cycles = total(table, graph, models::uniform(graph, bits), target);
    if (!cycles) continue;
    fmt::print(stderr, "all {} bits: {} cycles, {:.3f} ms at {} MHz, {:.2f} MAC/cycle\n", bits,
               *cycles, static_cast<double>(*cycles) / target.clock_mhz / 1e3, target.clock_mhz,
               static_cast<double>(models::macs(graph)) / static_cast<double>(*cycles));
  }
}

nlohmann::ordered_json latencies_json(const LatencyTable& table, const models::Graph& graph) {
  auto layers = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const LayerView view(graph, i);
    const models::Layer& l = graph.layers[i];
    const nlohmann::ordered_json geometry = {
        {"in", shape_json(view.in())},
        {"out", shape_json(view.out())},
        {"kernel", {l.kernel_height, l.kernel_width}},
        {"stride", l.stride},
        {"padding", {l.padding.top, l.padding.left, l.padding.bottom, l.padding.right}},
        {"macs", view.macs()}};
    auto entries = nlohmann::ordered_json::array();
    for (const LatencyEntry& e : table.layers[i]) entries.push_back(entry_json(view, e));
    layers.push_back({{"name", l.name},
                      {"kind", models::name(l.kind)},
                      {"geometry", geometry},
                      {"entries", entries}});
  }
  return layers;
}

}  // namespace freebits::cli

// SPDX-License-Identifier: Apache-2.0
// Fits the cost model (deploy/kernels/cost_model.cpp) to the kernels: whole networks on the RTL, a
// sample a step, coefficients by non-negative least squares on relative errors. Prints them as
// cost_model.cpp has them, and the errors of its model and of the fitted one.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <Eigen/Dense>
#include <fstream>
#include <iomanip>
#include <map>
#include <string>
#include <vector>

#include "deploy/kernels/cost_model.hpp"
#include "models/builders/builders.hpp"
#include "models/quantize/quantize.hpp"
#include "profiler/network/network_runner.hpp"

namespace freebits {
namespace {

using models::CostModel;
using models::KernelKind;

/// A kernel on a tile, as measured.
struct Sample {
  std::string network;
  models::Machine machine;
  models::KernelLayer layer;
  models::Tile tile;
  std::uint32_t scratch_bytes = 0;
  double cycles = 0;

  [[nodiscard]] double estimate(const CostModel& model) const {
    return kernel_cycles(model, machine, layer, tile, scratch_bytes);
  }
};

/// None of the networks that ship has a max pool.
models::Graph max_pools() {
  using models::LayerKind;
  models::Graph graph{.name = "max_pools", .input = {48, 48, 3}, .layers = {}};
  const auto add = [&](const char* name, LayerKind kind, unsigned kernel, unsigned stride,
                       unsigned padding, unsigned channels) {
    graph.layers.push_back({.name = name,
                            .kind = kind,
                            .inputs = {graph.output()},
                            .kernel_height = kernel,
                            .kernel_width = kernel,
                            .stride = stride,
                            .padding = {padding, padding, padding, padding},
                            .out_channels = channels});
  };
  add("conv", LayerKind::Conv, 3, 1, 1, 32);
  add("pool2", LayerKind::MaxPool, 2, 2, 0, 0);
  add("wider", LayerKind::Conv, 1, 1, 0, 128);
  add("pool3", LayerKind::MaxPool, 3, 2, 1, 0);
  add("average", LayerKind::AveragePool, 1, 1, 0, 0);
  add("classifier", LayerKind::FullyConnected, 1, 1, 0, 10);
  return graph;
}

models::BitWidths widths(const models::Graph& graph, unsigned activations, unsigned weights) {
  models::BitWidths all = models::uniform(graph, activations);
  for (unsigned& bits : all.weights) bits = bits == 0 ? 0 : weights;
  return all;
}

/// Steps whose kernels do not wait for transfers.
void measure(const tb::Target& target, const models::Graph& graph, unsigned activations,
             unsigned weights, std::vector<Sample>& samples) {
  const auto network = models::random_network(graph, widths(graph, activations, weights), 1);
  profiler::DeployOptions deploy;
  if (activations != weights) deploy.most_l1_bytes = 96 << 10;  // other tiles
  profiler::NetworkRunner runner(target, network, deploy);
  const models::Plan& plan = runner.plan();
  const profiler::NetworkRun run =
      runner.run(models::random_tensor(network.input, network.input_type, 1), {.compare = false});
  const models::Machine machine{.level = static_cast<unsigned>(target.level),
                                .cores = target.geometry.cores};
  for (std::size_t i = 0; i < run.step_cycles.size(); ++i) {
    const models::Step& step = plan.steps[i];
    if (!step.layer) continue;
    double moved = 0;
    for (const models::Move& m : step.moves)
      moved +=
          static_cast<double>(transfer_cycles(machine, std::uint64_t{m.bytes} * m.rows, m.bytes));
    const auto cycles = static_cast<double>(run.step_cycles[i]);
    if (1.3 * moved + 300 > cycles) continue;
    samples.push_back({fmt::format("{} {}x{}", graph.name, activations, weights), machine,
                       plan.layers[*step.layer], step.tile, plan.tilings[*step.layer].scratch_bytes,
                       cycles - static_cast<double>(models::kStepCycles)});
  }
}

std::vector<Sample> measured(tb::Target target) {
  target.l2.bytes = 8 << 20;  // no weights are waited for
  std::vector<Sample> samples;
  const auto add = [&](const models::Graph& graph) {
    const bool large = graph.input.height > 64 || target.level == isa::Level::Rv32imc;
    for (const unsigned activations : models::kBitWidths)
      for (const unsigned weights : models::kBitWidths)
        if (!large || activations == weights || activations == 2 * weights)
          measure(target, graph, activations, weights, samples);
    fmt::print(stderr, "{}: {}, {} samples\n", target.name, graph.name, samples.size());
  };
  for (const char* network :
       {"mobilenet_v1:width=0.25,resolution=96", "mobilenet_v1:width=0.25,resolution=32,classes=10",
        "mobilenet_v2:width=0.35,resolution=96", "ds_cnn", "resnet8"}) {
    // Ten times slower.
    if (target.level == isa::Level::Rv32imc && std::string_view(network).ends_with("96")) continue;
    add(models::build_network(network));
  }
  add(max_pools());
  return samples;
}

void write_samples(const std::string& file, const std::vector<Sample>& samples) {
  std::ofstream out(file);
  for (const Sample& s : samples) {
    const models::KernelLayer& l = s.layer;
    out << std::quoted(s.network) << ' ' << std::quoted(l.name);
    for (const unsigned n : {s.machine.level,
                             s.machine.cores,
                             static_cast<unsigned>(l.kind),
                             l.in.height,
                             l.in.width,
                             l.in.channels,
                             l.out.height,
                             l.out.width,
                             l.out.channels,
                             static_cast<unsigned>(l.in_type),
                             static_cast<unsigned>(l.second_type),
                             static_cast<unsigned>(l.out_type),
                             static_cast<unsigned>(l.weight_type),
                             l.kernel_height,
                             l.kernel_width,
                             l.stride,
                             l.padding.top,
                             l.padding.left,
                             s.tile.y,
                             s.tile.rows,
                             s.tile.c,
                             s.tile.channels,
                             s.scratch_bytes,
                             static_cast<unsigned>(s.cycles)})
      out << ' ' << n;
    out << '\n';
  }
}

std::vector<Sample> read_samples(const std::string& file) {
  std::ifstream in(file);
  std::vector<Sample> samples;
  for (Sample s; in >> std::quoted(s.network) >> std::quoted(s.layer.name);) {
    models::KernelLayer& l = s.layer;
    std::array<unsigned, 5> types{};
    in >> s.machine.level >> s.machine.cores >> types[0] >> l.in.height >> l.in.width >>
        l.in.channels >> l.out.height >> l.out.width >> l.out.channels >> types[1] >> types[2] >>
        types[3] >> types[4] >> l.kernel_height >> l.kernel_width >> l.stride >> l.padding.top >>
        l.padding.left >> s.tile.y >> s.tile.rows >> s.tile.c >> s.tile.channels >>
        s.scratch_bytes >> s.cycles;
    l.kind = static_cast<KernelKind>(types[0]);
    l.in_type = static_cast<models::IntType>(types[1]);
    l.second_type = static_cast<models::IntType>(types[2]);
    l.out_type = static_cast<models::IntType>(types[3]);
    l.weight_type = static_cast<models::IntType>(types[4]);
    samples.push_back(s);
  }
  return samples;
}

/// Coefficients that stand for kernels of some kinds.
struct Part {
  const char* name;
  bool (*of)(KernelKind);
  std::vector<double*> (*coefficients)(CostModel&);
};
const std::array<Part, 3> kParts = {{
    {"conv", [](KernelKind k) { return k == KernelKind::Conv; },
     [](CostModel& m) -> std::vector<double*> {
       auto& [a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q, r] = m.conv;
       return {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j, &k, &l, &n, &o, &p, &q, &r};
     }},
    {"depthwise", [](KernelKind k) { return k == KernelKind::Depthwise; },
     [](CostModel& m) -> std::vector<double*> {
       auto& [a, b, c, d, e, f, g, h, i, j, k, l, n] = m.depthwise;
       return {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j, &k, &l, &n};
     }},
    {"other", [](KernelKind k) { return k != KernelKind::Conv && k != KernelKind::Depthwise; },
     [](CostModel& m) -> std::vector<double*> {
       auto& [a, b, c, d, e, f, g, h, i, j] = m.other;
       return {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j};
     }},
}};

/// min |A x - b|, x >= 0: coordinate descent on the normal equations.
Eigen::VectorXd non_negative_least_squares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
  constexpr int kSweeps = 200'000;
  const Eigen::MatrixXd square = a.transpose() * a;
  const Eigen::VectorXd right = a.transpose() * b;
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    double change = 0;
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      if (square(i, i) == 0) continue;  // no sample tells
      const double next = std::max(0.0, x(i) + (right(i) - square.row(i).dot(x)) / square(i, i));
      change = std::max(change, std::abs(next - x(i)) * std::sqrt(square(i, i)));
      x(i) = next;
    }
    if (change < 1e-9) break;
  }
  return (x.array() < 1e-9).select(0, x);
}

/// Errors are relative; those of the shortest steps count less, for a network hardly feels them.
double weight(const Sample& s) { return 1 / (s.cycles + 1000); }

void fit(const Part& part, const std::vector<Sample>& all, CostModel& model) {
  std::vector<const Sample*> samples;
  for (const Sample& s : all)
    if (part.of(s.layer.kind)) samples.push_back(&s);
  const std::vector<double*> coefficients = part.coefficients(model);
  Eigen::MatrixXd a(samples.size(), coefficients.size());
  for (double* c : coefficients) *c = 0;
  for (std::size_t c = 0; c < coefficients.size(); ++c) {
    *coefficients[c] = 1;
    for (std::size_t s = 0; s < samples.size(); ++s)
      a(s, c) = samples[s]->estimate(model) * weight(*samples[s]);
    *coefficients[c] = 0;
  }
  Eigen::VectorXd cycles(samples.size());
  for (std::size_t s = 0; s < samples.size(); ++s)
    cycles(s) = samples[s]->cycles * weight(*samples[s]);
  const Eigen::VectorXd x = non_negative_least_squares(a, cycles);
  for (std::size_t c = 0; c < coefficients.size(); ++c) *coefficients[c] = x(c);
}

struct Errors {
  double squares = 0, worst = 0, measured = 0, estimated = 0;
  unsigned count = 0;

  void add(const Sample& s, const CostModel& model) {
    const double estimate = s.estimate(model), error = estimate / s.cycles - 1;
    squares += error * error;
    if (std::abs(error) > std::abs(worst)) worst = error;
    measured += s.cycles;
    estimated += estimate;
    ++count;
  }
  [[nodiscard]] std::string text() const {
    return fmt::format("rms {:.1f} %, worst {:+.1f} %, sum {:+.1f} %",
                       100 * std::sqrt(squares / count), 100 * worst,
                       100 * (estimated / measured - 1));
  }
};

void print_errors(const std::string& target, const std::vector<Sample>& samples,
                  const CostModel& before, const CostModel& after) {
  std::map<KernelKind, std::array<Errors, 2>> kinds;
  for (const Sample& s : samples) {
    kinds[s.layer.kind][0].add(s, before);
    kinds[s.layer.kind][1].add(s, after);
  }
  for (const auto& [kind, errors] : kinds)
    fmt::print("// {} {}, {} steps: before {}; after {}\n", target, name(kind), errors[0].count,
               errors[0].text(), errors[1].text());
}

void print_model(CostModel model) {
  std::string text = "{";
  for (const Part& part : kParts) {
    std::string row;
    for (const double* c : part.coefficients(model))
      row += fmt::format("{}{:.4g}", row.empty() ? "" : ", ", *c);
    text += fmt::format("{}{{{}}}", text.size() == 1 ? "" : ",\n     ", row);
  }
  fmt::print("    {}}},\n", text);
}

void write_residuals(const std::string& file, const std::string& target,
                     const std::vector<Sample>& samples, const CostModel& model) {
  std::ofstream out(file, std::ios::app);
  for (const Sample& s : samples) {
    const models::KernelLayer& l = s.layer;
    out << fmt::format(
        "{},{},{},{},{}x{}x{},{}x{}x{},{}x{}/{},{}x{}>{},{}+{},{}+{},{},{:.0f},{:.0f},{:+.3f}\n",
        target, name(l.kind), s.network, l.name, l.in.height, l.in.width, l.in.channels,
        l.out.height, l.out.width, l.out.channels, l.kernel_height, l.kernel_width, l.stride,
        bits(l.in_type), bits(l.inputs() == 2 ? l.second_type : l.weight_type), bits(l.out_type),
        s.tile.y, s.tile.rows, s.tile.c, s.tile.channels, s.scratch_bytes, s.cycles,
        s.estimate(model), s.estimate(model) / s.cycles - 1);
  }
}

}  // namespace
}  // namespace freebits

int main(int argc, char** argv) {
  using namespace freebits;
  CLI::App app("Fits the deployment's cost model to the kernels");
  std::vector<std::string> targets = {"rv32imc", "xpulpv2", "xpulpnn", "mixed", "flexv"};
  std::string residuals, keep;
  app.add_option("--targets", targets, "which levels")->delimiter(',')->capture_default_str();
  app.add_option("--residuals", residuals, "append every step and its error to this file (CSV)");
  app.add_option("--samples", keep, "keep what is measured in FILE.TARGET, and take it from there");
  CLI11_PARSE(app, argc, argv);
  for (const std::string& target : targets) {
    const std::string file = keep.empty() ? "" : fmt::format("{}.{}", keep, target);
    std::vector<Sample> samples;
    if (!file.empty()) samples = read_samples(file);
    if (samples.empty()) samples = measured(tb::load_target(target));
    if (!file.empty()) write_samples(file, samples);
    const CostModel& before = models::cost_model(samples.front().machine.level);
    CostModel after = before;
    for (const Part& part : kParts) fit(part, samples, after);
    print_errors(target, samples, before, after);
    print_model(after);
    if (!residuals.empty()) write_residuals(residuals, target, samples, after);
  }
  return 0;
}

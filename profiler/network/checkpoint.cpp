// SPDX-License-Identifier: Apache-2.0
#include "profiler/network/checkpoint.hpp"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

#include "base/error.hpp"
#include "base/sealed.hpp"

namespace freebits::profiler {
namespace {

constexpr FileKind kFile{.name = "freebits.run_checkpoint", .version = 2};
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// A layer as a list of numbers: cycles, estimated, instructions, accounting.
constexpr std::size_t kCounts = 3;

Json layer_json(const NetworkLayerRun& layer) {
  Json json = {layer.cycles, layer.estimated_cycles, layer.instructions};
  for (const std::uint64_t cycles : layer.accounting) json.push_back(cycles);
  return json;
}

NetworkLayerRun layer_of(const Json& json, const std::string& where) {
  NetworkLayerRun layer;
  const Json entry = {{"counts", json}};
  const std::vector<std::int64_t> counts = Fields(entry, where).numbers("counts", 0, kMost);
  if (counts.size() != kCounts + layer.accounting.size()) {
    throw Error(fmt::format("{}: {} counts, expected {}", where, counts.size(),
                            kCounts + layer.accounting.size()));
  }
  const auto count = [&](std::size_t i) { return static_cast<std::uint64_t>(counts[i]); };
  layer.cycles = count(0);
  layer.estimated_cycles = count(1);
  layer.instructions = count(2);
  for (std::size_t i = 0; i < layer.accounting.size(); ++i)
    layer.accounting[i] = count(kCounts + i);
  return layer;
}

/// Cycles, instructions, accounting; of no counts null.
Json counts_json(const std::optional<StepCounts>& counts) {
  if (!counts) return nullptr;
  Json json = {counts->cycles, counts->instructions};
  for (const std::uint64_t cycles : counts->accounting) json.push_back(cycles);
  return json;
}

std::optional<StepCounts> take_counts(Fields& fields, const std::string& key) {
  if (fields.take(key).is_null()) return std::nullopt;
  const std::vector<std::int64_t> numbers = fields.numbers(key, 0, kMost);
  StepCounts counts;
  constexpr std::size_t kOthers = 2;
  if (numbers.size() != kOthers + counts.accounting.size()) {
    fields.fail(key, fmt::format("{} counts", numbers.size()),
                fmt::format("{}", kOthers + counts.accounting.size()));
  }
  const auto count = [&](std::size_t i) { return static_cast<std::uint64_t>(numbers[i]); };
  counts.cycles = count(0);
  counts.instructions = count(1);
  for (std::size_t i = 0; i < counts.accounting.size(); ++i)
    counts.accounting[i] = count(kOthers + i);
  return counts;
}

RunCheckpoint checkpoint_of(const Json& json, const std::string& file) {
  Fields fields(json, file);
  RunCheckpoint c;
  c.identity = fields.text("identity");
  c.step = static_cast<std::size_t>(fields.number("step", 0, kMost));
  c.before = take_counts(fields, "before");
  c.run.cycles = static_cast<std::uint64_t>(fields.number("begin", 0, kMost));
  for (const Json& layer : fields.list("layers")) {
    c.run.layers.push_back(
        layer_of(layer, fmt::format("{}: layers: {}", file, c.run.layers.size() + 1)));
  }
  for (const std::int64_t cycles : fields.numbers("step_cycles", 0, kMost))
    c.run.step_cycles.push_back(static_cast<std::uint64_t>(cycles));
  const Json& cluster = fields.take("cluster");
  if (!cluster.is_binary()) fields.fail("cluster", shown(cluster), "bytes");
  c.cluster = cluster.get_binary();
  fields.finish();
  return c;
}

}  // namespace

std::optional<RunCheckpoint> read_checkpoint(const std::filesystem::path& file,
                                             const std::string& identity) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  RunCheckpoint c = checkpoint_of(read_sealed(file, kFile), file.string());
  if (c.identity != identity) {
    throw Error(
        fmt::format("{}: of another run (another network, widths, input, target or program); "
                    "remove it or name another file",
                    file.string()));
  }
  return c;
}

void write_checkpoint(const std::filesystem::path& file, const RunCheckpoint& c) {
  Json layers = Json::array();
  for (const NetworkLayerRun& layer : c.run.layers) layers.push_back(layer_json(layer));
  write_sealed(file, kFile,
               {{"identity", c.identity},
                {"step", c.step},
                {"before", counts_json(c.before)},
                {"begin", c.run.cycles},
                {"layers", layers},
                {"step_cycles", c.run.step_cycles},
                {"cluster", Json::binary(c.cluster)}});
}

}  // namespace freebits::profiler

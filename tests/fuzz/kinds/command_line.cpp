// SPDX-License-Identifier: Apache-2.0
// What single commands read: shapes of `bench kernels`, results for `report`.
#include "cli/common/kernel_shapes.hpp"
#include "cli/report/result_file.hpp"
#include "kind.hpp"
#include "mutate.hpp"

namespace freebits::fuzz {
namespace {

/// Two layers, one target, two candidates: the least that has everything.
Json small_result() {
  const Json candidate = {
      {"id", "uniform-8"},
      {"method", "uniform"},
      {"label", "8 bit"},
      {"accuracy_float_quantized", 0.82},
      {"accuracy_integer", 0.82},
      {"cycles_table", 1000},
      {"cycles_measured", nullptr},
      {"bops", 64000},
      {"weight_bytes", 100},
      {"bits", {{"weights", {{"stem", 8}}}, {"activations", {{"input", 8}, {"stem", 8}}}}},
      {"layer_cycles", {900, 100}},
      {"accounting", nullptr}};
  Json other = candidate;
  other["id"] = "exact-1";
  const Json stem = {{"name", "stem"},
                     {"kind", "conv"},
                     {"macs", 1000},
                     {"inputs", {"input"}},
                     {"output", "stem"}};
  const Json pool = {{"name", "pool"},
                     {"kind", "average_pool"},
                     {"macs", 0},
                     {"inputs", {"stem"}},
                     {"output", "pool"}};
  const Json target = {{"name", "mixed"},
                       {"target", {{"name", "mixed"}, {"hash", "1"}}},
                       {"candidates", {candidate, other}},
                       {"front", {"uniform-8"}},
                       {"chosen", "uniform-8"}};
  return {{"schema", {{"name", "freebits.search"}, {"version", 1}}},
          {"freebits", {{"version", "0.1.0"}, {"git", "abc"}}},
          {"network", "tiny"},
          {"dataset", "synthetic"},
          {"float_accuracy", 0.83},
          {"max_drop", 0.5},
          {"layers", {stem, pool}},
          {"targets", Json::array({target})}};
}

}  // namespace

Kind kernel_shapes(const fs::path&) {
  Kind kind;
  kind.file = "shapes.json";
  kind.seeds = {
      R"([{"kernel":"add","height":2,"width":2,"channels":8,"out_channels":8,"stride":1},
          {"kernel":"conv3x3","height":8,"width":8,"channels":3,"out_channels":16,"stride":2}])"};
  kind.mutate = mutated_json;
  kind.read = [](const fs::path& file) { (void)cli::read_kernel_shapes(file.string()); };
  return kind;
}

Kind result_json(const fs::path&) {
  Kind kind;
  kind.file = "result.json";
  kind.seeds = {small_result().dump(), small_result().dump(2)};
  kind.mutate = mutated_json;
  kind.read = [](const fs::path& file) { (void)cli::report_page_of(file); };
  return kind;
}

}  // namespace freebits::fuzz

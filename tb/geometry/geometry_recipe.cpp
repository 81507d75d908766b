// SPDX-License-Identifier: Apache-2.0
#include "tb/geometry/geometry_recipe.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/child_process.hpp"
#include "base/data_folder.hpp"
#include "base/error.hpp"
#include "base/sha256.hpp"
#include "tb/cluster_numbers.hpp"

namespace freebits::tb {
namespace {

/// Headers whose types cross the seam between this library and a geometry: CMake hashes the same
/// list (geometries.cmake).
constexpr const char* kInterface[] = {"tb/isa/retired.hpp", "tb/core/accounting.hpp",
                                      "tb/geometry/cycle_view.hpp", "tb/memory/outside.hpp",
                                      "tb/geometry/cluster_engine.hpp"};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    throw Error(fmt::format("{}: cannot be read; a geometry is built from it", path.string()));
  }
  return text.str();
}

/// Path, size and time: enough to tell one installation of a tool from the next.
std::string identity(const std::filesystem::path& tool) {
  struct stat status {};
  if (::stat(tool.c_str(), &status) != 0) return "";
  return fmt::format("{} {} {}\n", std::filesystem::canonical(tool).string(), status.st_size,
                     status.st_mtime);
}

std::string_view name(Visibility visibility) {
  constexpr std::string_view kNames[] = {"plain", "observed", "traced"};
  return kNames[static_cast<std::size_t>(visibility)];
}

}  // namespace

std::string describe(const GeometryId& id) {
  const Geometry& g = id.geometry;
  return fmt::format("{} core{}, {} banks, L1 {} KiB, {}", g.cores, g.cores == 1 ? "" : "s",
                     g.banks, g.l1_bytes >> 10, name(id.visibility));
}

GeometryRecipe recipe(const GeometryId& id) {
  const Geometry& g = id.geometry;
  const auto root = data_folder();
  GeometryRecipe r;
  r.verilog.push_back(root / "tb/geometry/cluster.vlt");
  if (id.visibility != Visibility::Plain)
    r.verilog.push_back(root / "tb/geometry/cluster_observed.vlt");
  std::istringstream list(read(root / "rtl/cluster.f"));
  for (std::string file; std::getline(list, file);) {
    if (file.ends_with(".sv")) r.verilog.push_back(root / "rtl" / file);
  }
  r.verilog.push_back(root / "tb/geometry/fb_cluster_harness.sv");
  r.sources = r.verilog;
  for (const char* file : {"cluster_model.cpp", "cluster_probe.hpp", "cluster_restart.hpp",
                           "cluster_skip.hpp", "cluster_state.hpp", "cluster_trace.hpp"}) {
    r.sources.push_back(root / "tb/geometry" / file);
  }
  for (const char* file : kInterface) r.sources.push_back(root / file);

  r.verilator_flags = {
      "--cc", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", "--savable",
      // Tables would get another name in every core and keep the cores' code apart.
      "-fno-table", "-Wno-fatal", "-Wno-lint", "-Wno-style", "--top-module", "fb_cluster_harness",
      "--prefix", "Vcluster", fmt::format("-GNumCores={}", g.cores),
      fmt::format("-GNumBanks={}", g.banks), fmt::format("-GTcdmBytes={}", g.l1_bytes),
      fmt::format("-GIcacheBytes={}", g.icache_bytes),
      fmt::format("-GIcacheWays={}", g.icache_ways),
      fmt::format("-GIcacheBanks={}", g.icache_banks),
      fmt::format("-GFetchBufferBytes={}", g.fetch_buffer_bytes),
      fmt::format("-GDmaQueueDepth={}", g.dma_queue_depth),
      fmt::format("-GDmaReadAhead={}", g.dma_read_ahead),
      fmt::format("-GObserve={}", id.visibility == Visibility::Plain ? 0 : 1)};
  if (id.visibility == Visibility::Traced) {
    r.verilator_flags.insert(r.verilator_flags.end(), {"--trace-fst", "--trace-structs"});
  }
  r.compiler_flags = {"-std=c++20",
                      "-w",
                      "-O2",
                      "-fPIC",
                      "-fvisibility=hidden",
                      fmt::format("-DFREEBITS_CORES={}", g.cores),
                      fmt::format("-DFREEBITS_BANKS={}", g.banks),
                      fmt::format("-DFREEBITS_L1_BASE={:#x}U", cluster_numbers::L1Base),
                      fmt::format("-DFREEBITS_EVENTS={}", cluster_numbers::NumEvents),
                      fmt::format("-DFREEBITS_ROWS={}", cluster_numbers::NumBarriers),
                      fmt::format("-DFREEBITS_EVENT_TIMER={}", cluster_numbers::EventTimer),
                      fmt::format("-DFREEBITS_VISIBILITY={}", static_cast<int>(id.visibility))};
  return r;
}

std::optional<GeometryTools> find_tools() {
  const auto verilator = find_program("verilator");
  auto compiler = find_program("clang++-19");
  if (!compiler) compiler = find_program("g++");
  if (!verilator || !compiler) return std::nullopt;
  return GeometryTools{*verilator, *compiler};
}

void require_same_interface() {
  std::string hashes;
  for (const char* file : kInterface) hashes += sha256(read(data_folder() / file));
  if (sha256(hashes) == FREEBITS_INTERFACE_HASH) return;
  throw Error(
      fmt::format("the headers of the cluster in {} are not those this program was built "
                  "with; build it again",
                  data_folder().string()));
}

std::string geometry_file(const GeometryId& id) {
  const GeometryRecipe r = recipe(id);
  std::string text;
  for (const auto& flags : {r.verilator_flags, r.compiler_flags}) {
    for (const std::string& flag : flags) text += flag + "\n";
  }
  for (const auto& file : r.sources) {
    text += fmt::format("{} {}\n", file.filename().string(), sha256(read(file)));
  }
  std::string tools_hash = "*";
  if (const auto tools = find_tools()) {
    // What is called verilator is a script around verilator_bin.
    tools_hash = sha256(identity(tools->verilator) +
                        identity(tools->verilator.parent_path() / "verilator_bin") +
                        identity(tools->compiler))
                     .substr(0, 8);
  }
  const Geometry& g = id.geometry;
  return fmt::format("cluster-{}c{}b{}k-{}-{}-{}.so", g.cores, g.banks, g.l1_bytes >> 10,
                     name(id.visibility), sha256(text).substr(0, 16), tools_hash);
}

}  // namespace freebits::tb

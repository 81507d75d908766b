// SPDX-License-Identifier: Apache-2.0
#include "cli/common/document.hpp"

#include <fmt/format.h>

#include "base/fnv.hpp"
#include "cli/common/output_file.hpp"
#include "cli/common/version.hpp"

namespace freebits::cli {

namespace {

/// Of a target that is no cluster (the bare core): equal parameters have equal hashes, whatever the
/// target is called.
std::string hash_of_parameters(nlohmann::ordered_json target) {
  target.erase("name");
  Fnv1a hash;
  hash.add(target.dump());
  return fmt::format("{:016x}", hash.value());
}

}  // namespace

nlohmann::ordered_json document(const std::string& schema, nlohmann::ordered_json target,
                                std::uint64_t seed, double wall_seconds) {
  if (!target.contains("hash")) target["hash"] = hash_of_parameters(target);
  return {{"schema", {{"name", "freebits." + schema}, {"version", 1}}},
          {"freebits", {{"version", kVersion}, {"git", kGitHash}}},
          {"target", target},
          {"rtl_hash", kRtlHash},
          {"sw_hash", kSwHash},
          {"seed", seed},
          {"wall_seconds", wall_seconds}};
}

void write_document(const nlohmann::ordered_json& document, const std::string& file) {
  write_file(document.dump(2) + "\n", file);
}

}  // namespace freebits::cli

// SPDX-License-Identifier: Apache-2.0
#include "cli/common/document.hpp"

#include <fmt/format.h>

#include "cli/common/output_file.hpp"
#include "cli/common/version.hpp"

namespace freebits::cli {

namespace {

/// FNV-1a of the parameters: equal targets have equal hashes, whatever they are called.
std::string target_hash(nlohmann::ordered_json target) {
  target.erase("name");
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char character : target.dump()) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace

nlohmann::ordered_json document(const std::string& schema, nlohmann::ordered_json target,
                                std::uint64_t seed, double wall_seconds) {
  if (!target.contains("hash")) target["hash"] = target_hash(target);
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

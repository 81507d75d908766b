// SPDX-License-Identifier: Apache-2.0
#include "tb/targets/target.hpp"

#include "kind.hpp"
#include "mutate.hpp"

namespace freebits::fuzz {

Kind target_toml(const fs::path&) {
  Kind kind;
  kind.file = "chip.toml";
  for (const char* name : {"flexv", "xpulpv2"})
    kind.seeds.push_back(tb::to_toml(tb::load_target(name)));
  kind.mutate = mutated_text;
  kind.read = [](const fs::path& file) { (void)tb::load_target(file.string()); };
  return kind;
}

}  // namespace freebits::fuzz

// SPDX-License-Identifier: Apache-2.0
// `freebits targets`: what ships, and one target in full.
#include <fmt/format.h>

#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/output_file.hpp"
#include "cli/common/target_options.hpp"
#include "tb/targets/target.hpp"

namespace freebits::cli {
namespace {

std::string table() {
  std::string text = fmt::format("{:<12}{:<9}{:>6}{:>6}{:>9}{:>9}{:>9}{:>6}\n", "target", "isa",
                                 "cores", "banks", "L1/KiB", "L2/KiB", "L3/KiB", "MHz");
  for (const std::string& name : tb::shipped_targets()) {
    const tb::Target t = tb::load_target(name);
    text += fmt::format("{:<12}{:<9}{:>6}{:>6}{:>9}{:>9}{:>9}{:>6}\n", t.name, isa::name(t.level),
                        t.geometry.cores, t.geometry.banks, t.geometry.l1_bytes >> 10,
                        t.l2.bytes >> 10, t.l3.bytes >> 10, t.clock_mhz);
  }
  return text + "core        one core with ideal memory, without a cluster (freebits exec only)\n";
}

nlohmann::ordered_json all_targets() {
  nlohmann::ordered_json targets = nlohmann::ordered_json::array();
  for (const std::string& name : tb::shipped_targets()) {
    targets.push_back(target_json(tb::load_target(name)));
  }
  return targets;
}

void define(CLI::App& command, Invocation& invocation) {
  struct Options {
    std::string name, json;
  };
  auto options = std::make_shared<Options>();
  command.add_option("NAME", options->name, "a target's name or file");
  command.add_option("--json", options->json,
                     "write the shipped targets, or the one named, as JSON to this file (- for "
                     "standard output)");
  command.callback([options, &invocation] {
    check_writable(options->json);
    if (!options->json.empty()) {
      write_file(
          (options->name.empty() ? all_targets() : target_json(tb::load_target(options->name)))
                  .dump(2) +
              "\n",
          options->json);
    } else {
      write_file(options->name.empty() ? table() : tb::to_toml(tb::load_target(options->name)),
                 "-");
    }
    invocation.exit_code = kSuccess;
  });
}

}  // namespace

const Command& targets_command() {
  static const Command command{
      .name = "targets", .description = "List the targets, or print one as TOML", .define = define};
  return command;
}

}  // namespace freebits::cli

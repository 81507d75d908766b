// SPDX-License-Identifier: Apache-2.0
// Runs a program on the Verilated cluster: run_an_elf PROGRAM.elf [TARGET].
#include <cstdio>
#include <exception>
#include <freebits/tb/runner/cluster_runner.hpp>
#include <freebits/tb/targets/target.hpp>
#include <string>

namespace tb = freebits::tb;

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fputs("usage: run_an_elf PROGRAM.elf [TARGET]\n", stderr);
    return 2;
  }
  try {
    const tb::Target target = tb::load_target(argc == 3 ? argv[2] : "flexv");
    const tb::Elf elf = tb::read_elf(argv[1]);
    tb::ClusterOptions how;
    how.on_build = [](std::string_view line) {
      std::fprintf(stderr, "%s\n", std::string(line).c_str());
    };
    tb::Cluster cluster(target, how);
    cluster.load(elf);

    tb::ClusterRunOptions options;
    options.console = [](std::string_view text) {
      std::fwrite(text.data(), 1, text.size(), stdout);
    };
    const tb::ClusterRunResult result = tb::run_cluster(elf, cluster, options);
    if (result.outcome != tb::Outcome::Exited) {
      std::fprintf(stderr, "run_an_elf: %s\n", result.message.c_str());
      return 1;
    }
    std::printf("%u cores, %llu cycles, exit code %u\n", cluster.cores(),
                static_cast<unsigned long long>(result.cycles), result.exit_code);
    for (unsigned i = 0; i < cluster.cores(); ++i) {
      std::printf("core %u: %llu instructions\n", i,
                  static_cast<unsigned long long>(result.cores[i].instructions));
    }
    return result.exit_code == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "run_an_elf: %s\n", error.what());
    return 2;
  }
}

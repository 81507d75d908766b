// SPDX-License-Identifier: Apache-2.0
// A virtual platform: the Verilated cluster, its memories and a host, in SystemC.
//
//   virtual_platform PROGRAM.elf [--target NAME|FILE] [--cores N]
//
// The host loads the program through the back doors, starts the cores, serves the program's console
// and ends the simulation with the program's exit code.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "base/error.hpp"
#include "tb/host/htif.hpp"
#include "tb/systemc/cluster_module.hpp"

namespace {

namespace tb = freebits::tb;

/// What a host sees of the platform's memories.
class BackDoor final : public tb::HostMemory {
 public:
  BackDoor(tb::ClusterModule& cluster, tb::MemoryModule& memory)
      : cluster_(cluster), memory_(memory) {}
  [[nodiscard]] bool read(std::uint32_t address, std::span<std::uint8_t> bytes) const override {
    return memory_.read(address, bytes) || cluster_.cluster().read(address, bytes);
  }
  bool write(std::uint32_t address, std::span<const std::uint8_t> bytes) override {
    return memory_.write(address, bytes) || cluster_.cluster().write(address, bytes);
  }

 private:
  tb::ClusterModule& cluster_;
  tb::MemoryModule& memory_;
};

class Host final : public sc_core::sc_module {
 public:
  Host(sc_core::sc_module_name name, const tb::Elf& elf, tb::ClusterModule& cluster,
       tb::MemoryModule& memory)
      : sc_module(name),
        elf_(elf),
        cluster_(cluster),
        door_(cluster, memory),
        htif_(elf, door_, [](std::string_view text) {
          std::fwrite(text.data(), 1, text.size(), stdout);
          std::fflush(stdout);
        }) {
    for (const tb::Elf::Segment& segment : elf.segments) {
      std::vector<std::uint8_t> bytes = segment.data;
      bytes.resize(segment.memory_size);
      if (!door_.write(segment.address, bytes)) {
        throw freebits::Error(
            fmt::format("{}: segment of {} bytes at {:#010x} lies in no memory of the "
                        "platform",
                        elf.path.string(), bytes.size(), segment.address));
      }
    }
    if (!htif_.tohost()) {
      throw freebits::Error(
          fmt::format("{}: no symbol tohost, so it could not end; link it with the "
                      "runtime of sw/",
                      elf.path.string()));
    }
    cluster.cluster().watch(*htif_.tohost());
    sc_core::sc_spawn([this] { run(); }, "host");
    sc_core::sc_spawn([this] { watch_for_deadlock(); }, "watch");
  }
  [[nodiscard]] std::optional<std::uint32_t> exit_code() const { return htif_.exit_code(); }

 private:
  void run() {
    cluster_.start(elf_.entry);
    while (!htif_.exit_code()) {
      wait(cluster_.stored());
      if (const auto address = cluster_.cluster().take_stored()) {
        htif_.stored(*address, cluster_.cluster().cycles());
      }
    }
    cluster_.stop();
    sc_core::sc_stop();
  }
  void watch_for_deadlock() {
    wait(cluster_.asleep());
    htif_.flush();
    sc_core::sc_stop();
  }

  const tb::Elf& elf_;
  tb::ClusterModule& cluster_;
  BackDoor door_;
  tb::Htif htif_;
};

int run(const std::string& file, const std::string& target_name, unsigned cores) {
  tb::Target target = tb::load_target(target_name);
  if (cores != 0) {
    target.geometry.banks = target.geometry.banks * cores / target.geometry.cores;
    target.geometry.cores = cores;
  }
  const tb::Elf elf = tb::read_elf(file);

  tb::ClusterOptions options;
  options.on_build = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  tb::ClusterModule cluster("cluster", target, options);
  tb::MemoryModule memory("memory", target);
  sc_core::sc_signal<bool> transferred("transferred");
  cluster.outside.bind(memory.port);
  memory.transferred(transferred);
  cluster.events[0](transferred);
  Host host("host", elf, cluster, memory);

  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_core::sc_start();
  fmt::print(stderr, "{} cycles, {}\n", cluster.cluster().cycles(),
             sc_core::sc_time_stamp().to_string());
  if (!host.exit_code()) {
    std::string text;
    for (unsigned i = 0; i < cluster.cluster().cores(); ++i) {
      text += fmt::format("{}core {} {}", i == 0 ? "" : "; ", i, cluster.cluster().waiting(i));
    }
    throw freebits::Error(
        fmt::format("{}: every core sleeps or waits, and nothing can wake one: {}", file, text));
  }
  return static_cast<int>(*host.exit_code() & 0xff);
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  CLI::App app("The freebits cluster on a virtual platform in SystemC");
  std::string file, target = "flexv";
  unsigned cores = 0;
  app.add_option("ELF", file, "program for the cluster, linked with the runtime of sw/")
      ->required();
  app.add_option("--target", target, "a target's name or TOML file")->capture_default_str();
  app.add_option("--cores", cores, "1, 2, 4, 8 or 16 cores instead of the target's");
  try {
    app.parse(argc, argv);
    return run(file, target, cores);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "virtual_platform: {}\n", error.what());
    return 2;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Campaigns of random programs on clusters of all sizes; README.md.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "trial.hpp"

namespace freebits::random_cluster {
namespace {

constexpr const char* kUsage =
    R"(fb_random_cluster: random programs for all cores of a cluster, in lock step with the model

  --seed N         first number of every program (default 1)
  --programs N     at most so many (default 100)
  --seconds N      as long as that, instead of a number of programs
  --cores N        only clusters of so many cores: 1, 2, 4, 8, 16 (default: all)
  --level NAME     only this ISA level: rv32imc, xpulpv2, xpulpnn, mixed, flexv (default: all)
  --program N      one program of a campaign, with --cores and --level as it was reported
  --listing CORE   prints the steps and this core's code first
  --save DIR       where reports of failures go (default: the current folder)
  --keep-going     goes on after a failure
  --coverage       fails when something was never seen
  --help           this text
)";

constexpr unsigned kCores[] = {1, 2, 4, 8, 16};
constexpr isa::Level kLevels[] = {isa::Level::Rv32imc, isa::Level::XpulpV2, isa::Level::XpulpNN,
                                  isa::Level::Mixed, isa::Level::FlexV};

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t programs = 100;
  double seconds = 0;
  std::optional<unsigned> cores, listing;
  std::optional<isa::Level> level;
  std::optional<std::uint32_t> program;
  std::filesystem::path save = ".";
  bool keep_going = false;
  bool coverage = false;
};

std::uint64_t number(const std::string& option, const std::string& text) {
  std::size_t used = 0;
  std::uint64_t value = 0;
  try {
    value = std::stoull(text, &used);
  } catch (const std::exception&) {
  }
  if (used == 0 || used != text.size()) {
    throw UsageError(fmt::format("{}: expected a number, got \"{}\"", option, text));
  }
  return value;
}

unsigned core_count(const std::string& text) {
  const std::uint64_t value = number("--cores", text);
  for (const unsigned cores : kCores) {
    if (value == cores) return cores;
  }
  throw UsageError(fmt::format("--cores: expected 1, 2, 4, 8 or 16, got {}", value));
}

isa::Level level_named(const std::string& text) {
  const auto level = isa::parse_level(text);
  if (level) return *level;
  throw UsageError(
      fmt::format("--level: \"{}\" is none of rv32imc, xpulpv2, xpulpnn, mixed, flexv", text));
}

void apply(Options& options, const std::string& option, const std::string& value) {
  if (option == "--seed") {
    options.seed = number(option, value);
  } else if (option == "--programs") {
    options.programs = number(option, value);
  } else if (option == "--seconds") {
    options.seconds = static_cast<double>(number(option, value));
  } else if (option == "--cores") {
    options.cores = core_count(value);
  } else if (option == "--level") {
    options.level = level_named(value);
  } else if (option == "--program") {
    options.program = static_cast<std::uint32_t>(number(option, value));
  } else if (option == "--listing") {
    options.listing = static_cast<unsigned>(number(option, value));
  } else if (option == "--save") {
    options.save = value;
  } else {
    throw UsageError(fmt::format("unknown option {}; see --help", option));
  }
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--help") {
      std::cout << kUsage;
      std::exit(0);
    }
    if (option == "--keep-going") {
      options.keep_going = true;
    } else if (option == "--coverage") {
      options.coverage = true;
    } else if (i + 1 < argc) {
      apply(options, option, argv[++i]);
    } else {
      throw UsageError(fmt::format("{}: value missing or unknown option; see --help", option));
    }
  }
  if (options.program && (!options.cores || !options.level)) {
    throw UsageError("--program: needs --cores and --level");
  }
  return options;
}

void report_failure(const Options& options, const Plan& plan, const std::string& report) {
  const std::string command =
      fmt::format("fb_random_cluster --seed {} --program {} --cores {} --level {}", plan.seed,
                  plan.index, plan.cores, isa::name(plan.level));
  std::cout << "FAILED: " << command << "\n" << report << "shrinking …\n" << std::flush;
  const Plan small = shrink(plan, [&](const Plan& candidate) {
    const auto failure = run_trial(candidate).failure;
    return failure && judge_of(*failure) == judge_of(report);
  });
  const std::string text =
      fmt::format("{}\nthe fewest steps that fail so:\n{}{}\nreproduce: {}\n", report,
                  describe(small), run_trial(small).failure.value_or("(passes now)"), command);
  std::filesystem::create_directories(options.save);
  const auto path = options.save / fmt::format("failure-{}c-{}-{}-{}.txt", plan.cores,
                                               isa::name(plan.level), plan.seed, plan.index);
  std::ofstream(path) << text;
  std::cout << text << "written to " << path.string() << "\n" << std::flush;
}

/// Sums over a campaign.
struct Campaign {
  std::uint64_t programs = 0, cycles = 0, instructions = 0, failures = 0;
  Hits hits{};
  std::vector<std::uint32_t> longest = std::vector<std::uint32_t>(std::size(kCores));
};

void run_one(const Options& options, const Plan& plan, std::size_t size, Campaign& campaign) {
  const TrialResult result = run_trial(plan);
  ++campaign.programs;
  campaign.cycles += result.cycles;
  campaign.instructions += result.instructions;
  for (std::size_t i = 0; i < kBins; ++i) campaign.hits[i] += result.hits[i];
  for (const std::uint32_t wait : result.longest_waits) {
    campaign.longest[size] = std::max(campaign.longest[size], wait);
  }
  if (!result.failure) return;
  ++campaign.failures;
  report_failure(options, plan, *result.failure);
}

Campaign run_campaign(const Options& options) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  Campaign campaign;
  double shown = 0;
  for (std::uint32_t i = 0;; ++i) {
    if (options.seconds > 0 ? seconds() >= options.seconds : i >= options.programs) break;
    std::size_t size = i % std::size(kCores);
    while (options.cores && kCores[size] != *options.cores) size = (size + 1) % std::size(kCores);
    const isa::Level level =
        options.level.value_or(kLevels[i / std::size(kCores) % std::size(kLevels)]);
    run_one(options, make_plan(level, kCores[size], options.seed, i), size, campaign);
    if (campaign.failures != 0 && !options.keep_going) break;
    if (seconds() >= shown + 60) {
      shown = seconds();
      std::cout << fmt::format("{:.0f} s: {} programs, {} cycles, {} failures\n", shown,
                               campaign.programs, campaign.cycles, campaign.failures)
                << std::flush;
    }
  }
  std::cout << fmt::format(
      "seed {}: {} programs, {} instructions, {} cycles in lock step, {:.1f} s, {} failures\n",
      options.seed, campaign.programs, campaign.instructions, campaign.cycles, seconds(),
      campaign.failures);
  for (std::size_t i = 0; i < std::size(kCores); ++i) {
    std::cout << fmt::format("{:>2} cores: longest wait at L1 {} cycles\n", kCores[i],
                             campaign.longest[i]);
  }
  return campaign;
}

int run(const Options& options) {
  if (options.program) {
    const Plan plan = make_plan(*options.level, *options.cores, options.seed, *options.program);
    std::cout << describe(plan);
    if (options.listing) {
      if (*options.listing >= plan.cores) throw UsageError("--listing: no such core");
      std::cout << listing(make_image(plan), *options.listing);
    }
    Campaign campaign;
    run_one(options, plan, 0, campaign);
    std::cout << fmt::format("{} cycles, {} instructions, {}\n", campaign.cycles,
                             campaign.instructions, campaign.failures == 0 ? "passed" : "FAILED");
    return campaign.failures == 0 ? 0 : 1;
  }
  const Campaign campaign = run_campaign(options);
  if (campaign.failures != 0) return 1;
  std::cout << table(campaign.hits);
  const auto missing =
      holes(campaign.hits, options.cores.value_or(16), options.level.value_or(isa::Level::FlexV));
  for (const std::string_view name : missing) std::cout << fmt::format("never seen: {}\n", name);
  return options.coverage && !missing.empty() ? 1 : 0;
}

}  // namespace
}  // namespace freebits::random_cluster

int main(int argc, char** argv) {
  using namespace freebits::random_cluster;
  try {
    return run(parse(argc, argv));
  } catch (const UsageError& error) {
    std::cerr << "fb_random_cluster: " << error.what() << "\n";
    return 2;
  } catch (const freebits::Error& error) {
    std::cerr << "fb_random_cluster: " << error.what() << "\n";
    return 2;
  }
}

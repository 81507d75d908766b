// SPDX-License-Identifier: Apache-2.0
// fb_random: random programs on core and reference model in lock step, with functional coverage.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

#include "campaign.hpp"
#include "generator.hpp"
#include "shrink.hpp"

namespace freebits::random {
namespace {

constexpr std::string_view kUsage =
    R"(fb_random: random programs on the RTL core and the reference model in lock step
  --level NAME         rv32imc, xpulpv2, xpulpnn, mixed, flexv (default flexv)
  --instructions N     stop after N retired instructions (default 100000)
  --minutes M          or after M minutes
  --nightly            the same as --minutes 60
  --seed S             of the campaign (default 1)
  --program K          only program K of the campaign
  --jobs J             threads (default 1)
  --require-coverage   go on up to twice as long for missing coverage, then exit 1 if any is
  --holes N            names of missed bins to print (default 20)
  --listing            print the program (with --program)
  --no-shrink          report a failing program as it is
  --output FOLDER      where a failing program is written (default .)
exit code 0: no difference; 1: a difference, or coverage missing; 2: bad usage
)";

struct Options {
  CampaignOptions campaign;
  bool instructions_given = false;
  bool require_coverage = false;
  bool listing = false;
  bool shrink = true;
  std::size_t holes = 20;
  std::filesystem::path output = ".";
};

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::uint64_t number(const std::string& option, const std::string& text) {
  std::size_t used = 0;
  std::uint64_t value = 0;
  try {
    value = std::stoull(text, &used, 0);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size()) {
    throw UsageError(fmt::format("{}: expected a number, got \"{}\"", option, text));
  }
  return value;
}

void apply(Options& options, const std::string& option, const std::string& value) {
  CampaignOptions& campaign = options.campaign;
  if (option == "--level") {
    const auto level = isa::parse_level(value);
    if (!level) {
      throw UsageError(
          fmt::format("--level: \"{}\" is none of rv32imc, xpulpv2, xpulpnn, mixed, flexv", value));
    }
    campaign.level = *level;
  } else if (option == "--instructions") {
    campaign.instructions = number(option, value);
    options.instructions_given = true;
  } else if (option == "--minutes") {
    campaign.minutes = static_cast<double>(number(option, value));
  } else if (option == "--seed") {
    campaign.seed = number(option, value);
  } else if (option == "--program") {
    campaign.first = static_cast<std::uint32_t>(number(option, value));
    campaign.programs = 1;
  } else if (option == "--jobs") {
    campaign.jobs = std::max(1U, static_cast<unsigned>(number(option, value)));
  } else if (option == "--holes") {
    options.holes = number(option, value);
  } else if (option == "--output") {
    options.output = value;
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
    if (option == "--require-coverage") {
      options.require_coverage = options.campaign.until_covered = true;
    } else if (option == "--listing") {
      options.listing = true;
    } else if (option == "--no-shrink") {
      options.shrink = false;
    } else if (option == "--nightly") {
      options.campaign.minutes = 60;
    } else if (i + 1 < argc) {
      apply(options, option, argv[++i]);
    } else {
      throw UsageError(fmt::format("{}: value missing or unknown option; see --help", option));
    }
  }
  if (options.campaign.minutes > 0 && !options.instructions_given)
    options.campaign.instructions = 0;
  return options;
}

std::string describe(const Environment& environment) {
  return fmt::format("stall probability {} (seed {}), interrupts every {} cycles (seed {})\n",
                     environment.stall_probability, environment.stall_seed,
                     environment.interrupt_interval, environment.interrupt_seed);
}

/// Shrinks the failing program, prints it and writes it to a file.
void report_failure(const Options& options, const CampaignFailure& failure) {
  const Program& original = failure.program;
  const std::string command = fmt::format("fb_random --level {} --seed {} --program {}",
                                          isa::name(original.level), original.seed, original.index);
  std::cout << fmt::format("FAILED: program {} of seed {}\n{}\n", original.index, original.seed,
                           failure.report);
  if (!options.shrink) {
    std::cout << "reproduce: " << command << "\n";
    return;
  }
  std::cout << fmt::format("shrinking {} instructions …\n", instruction_count(original));
  Runner runner;
  const std::string signature = failure_signature(failure.report);
  const auto fails = [&runner, &signature](const Program& program) {
    const auto report = runner.run(program, kProgramBudget, nullptr).failure;
    return report && failure_signature(*report) == signature;
  };
  const Program small = shrink(original, fails);
  const RunResult run = runner.run(small, kProgramBudget, nullptr);
  const std::string text =
      fmt::format("{} instructions\n{}{}\n{}\nreproduce: {}\n", instruction_count(small),
                  describe(small.environment), listing(small),
                  run.failure.value_or("(the shrunk program does not fail any more)"), command);
  std::filesystem::create_directories(options.output);
  const auto path = options.output / fmt::format("failure-{}-{}-{}.txt", isa::name(original.level),
                                                 original.seed, original.index);
  std::ofstream(path) << "# original difference\n" << failure.report << "\n# shrunk\n" << text;
  std::cout << text << "written to " << path.string() << "\n";
}

int run(const Options& options) {
  const CampaignOptions& campaign = options.campaign;
  if (options.listing && campaign.programs == 1) {
    const Program program = Generator(campaign.level, campaign.seed).generate(campaign.first);
    std::cout << describe(program.environment) << listing(program);
  }
  std::uint64_t shown = 0;
  const CampaignResult result = run_campaign(campaign, [&shown](std::uint64_t done) {
    if (done < shown + 5'000'000) return;
    shown = done;
    std::cout << fmt::format("{} instructions …\n", done) << std::flush;
  });
  std::cout << fmt::format(
      "{}: seed {}, {} programs ({} ran to their end), {} instructions, {} cycles, {:.1f} s, "
      "{:.0f} instructions/s\n",
      isa::name(campaign.level), campaign.seed, result.programs, result.completed,
      result.instructions, result.cycles, result.seconds,
      static_cast<double>(result.instructions) / result.seconds);
  if (result.failure) {
    report_failure(options, *result.failure);
    return 1;
  }
  std::cout << result.coverage.table(options.holes);
  if (options.require_coverage && result.coverage.holes() != 0) {
    std::cout << fmt::format("FAILED: {} coverage bins were not hit\n", result.coverage.holes());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace freebits::random

int main(int argc, char** argv) {
  using namespace freebits::random;
  try {
    return run(parse(argc, argv));
  } catch (const UsageError& error) {
    std::cerr << "fb_random: " << error.what() << "\n";
    return 2;
  }
}

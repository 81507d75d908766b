// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "coverage.hpp"
#include "program.hpp"

namespace freebits::random {

struct CampaignOptions {
  isa::Level level = isa::Level::FlexV;
  std::uint64_t seed = 1;
  std::uint32_t first = 0;               ///< index of the first program
  std::uint32_t programs = ~0U;          ///< at most so many
  std::uint64_t instructions = 100'000;  ///< stop after so many retired ones, 0: do not
  double minutes = 0;                    ///< stop after so long, 0: do not
  unsigned jobs = 1;
  bool until_covered = false;  ///< go on, up to twice as long, while bins are missing
};

struct CampaignFailure {
  Program program;
  std::string report;
};

struct CampaignResult {
  std::uint64_t instructions = 0;
  std::uint64_t cycles = 0;
  std::uint64_t programs = 0;
  std::uint64_t completed = 0;  ///< programs that reached their end within the budget
  double seconds = 0;
  std::optional<CampaignFailure> failure;  ///< of the program with the lowest index that failed
  Coverage coverage{isa::Level::Rv32imc};
};

/// Instructions a single program may retire.
inline constexpr std::uint64_t kProgramBudget = 6'000;

/// Runs random programs in lock step until the goal is reached or one fails. `progress` (may be
/// empty) is called now and then with the instructions retired so far.
[[nodiscard]] CampaignResult run_campaign(const CampaignOptions& options,
                                          const std::function<void(std::uint64_t)>& progress);

}  // namespace freebits::random

// SPDX-License-Identifier: Apache-2.0
#include "cli/common/finite_numbers.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace freebits::cli {
namespace {

/// Empty where the text is fine, or no number: then its conversion fails, and says so.
std::string complaint(const std::string& text) {
  constexpr double kMost = std::numeric_limits<float>::max();
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || std::abs(value) <= kMost) return "";
  return fmt::format("{}: expected a number from -3.4e38 to 3.4e38", text);
}

}  // namespace

void expect_finite_numbers(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_type_name().find("FLOAT") != std::string::npos) option->check(complaint);
  }
  for (CLI::App* command : app.get_subcommands(nullptr)) expect_finite_numbers(*command);
}

}  // namespace freebits::cli

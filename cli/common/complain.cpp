// SPDX-License-Identifier: Apache-2.0
#include "cli/common/complain.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <typeinfo>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "cli/common/commands.hpp"
#include "search/autograd/tape.hpp"

namespace freebits::cli {
namespace {

int say(std::string_view message, int exit_code) {
  // Not by fmt, which would throw where standard error cannot be written.
  std::fputs(fmt::format("freebits: {}\n", printable(message)).c_str(), stderr);
  return exit_code;
}

template <class... Types>
bool is_any_of(const std::exception& error) {
  return ((dynamic_cast<const Types*>(&error) != nullptr) || ...);
}

}  // namespace

int complain(const std::exception& error) {
  if (is_any_of<Error>(error)) return say(error.what(), kBadInput);
  if (is_any_of<search::NumericalError>(error)) return say(error.what(), kFailed);
  if (is_any_of<std::bad_alloc, std::length_error>(error)) {
    return say("not enough memory; expected a smaller network, batch or image, or fewer threads",
               kBadInput);
  }
  if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&error))
    return say(fmt::format("{}: {}", file->path1().string(), file->code().message()), kBadInput);
  if (const auto* system = dynamic_cast<const std::system_error*>(&error))
    return say(fmt::format("the system refuses: {}", system->code().message()), kBadInput);
  return say(fmt::format("a fault of this program ({}: {}); please report it with the command",
                         typeid(error).name(), error.what()),
             kFailed);
}

}  // namespace freebits::cli

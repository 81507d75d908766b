// SPDX-License-Identifier: Apache-2.0
#include "cli/common/output_lock.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/error.hpp"

namespace freebits::cli {

FileLock lock_output(const std::filesystem::path& output, const char* option) {
  const std::filesystem::path file = lock_file_of(output);
  if (auto lock = FileLock::try_take(file)) return std::move(*lock);

  throw Error(fmt::format("{}: {} writes it; wait for its end, or name another with {}",
                          output.string(), FileLock::holder(file), option));
}

}  // namespace freebits::cli

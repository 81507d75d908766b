// SPDX-License-Identifier: Apache-2.0
#include "cli/report/result_file.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <stdexcept>

#include "base/document.hpp"
#include "base/error.hpp"
#include "base/read.hpp"
#include "cli/report/report_page.hpp"

namespace freebits::cli {
namespace {

namespace fs = std::filesystem;

nlohmann::json read_result(const fs::path& file) {
  try {
    return parse_json(read_bytes(file), file.string());
  } catch (const Error& error) {
    throw Error(fmt::format("{}; expected the result of freebits search", error.what()));
  }
}

/// When the file was last written: the date of a result that does not say.
std::string date_of(const fs::path& file) {
  struct stat status = {};
  if (stat(file.c_str(), &status) != 0) return {};
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(status.st_mtime));
}

}  // namespace

std::string report_page_of(const fs::path& file,
                           const std::function<void(nlohmann::json&)>& update) {
  nlohmann::json result = read_result(file);
  if (result.is_object() && !result.contains("date")) result["date"] = date_of(file);
  if (update) update(result);
  try {
    return report_page(result);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace freebits::cli

// SPDX-License-Identifier: Apache-2.0
#include "result_file.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <stdexcept>

#include "freebits/files/document.hpp"
#include "freebits/files/read.hpp"
#include "freebits/tb/error.hpp"
#include "report_page.hpp"

namespace freebits::cli {
namespace {

namespace fs = std::filesystem;

nlohmann::json read_result(const fs::path& file) {
  try {
    return files::parse_json(files::read_bytes(file), file.string());
  } catch (const std::invalid_argument& error) {
    throw tb::Error(fmt::format("{}; expected the result of freebits search", error.what()));
  }
}

/// When the file was last written: the date of a result that does not say.
std::string date_of(const fs::path& file) {
  struct stat status = {};
  if (stat(file.c_str(), &status) != 0) return {};
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(status.st_mtime));
}

}  // namespace

std::string report_page_of(const fs::path& file) {
  nlohmann::json result = read_result(file);
  if (result.is_object() && !result.contains("date")) result["date"] = date_of(file);
  try {
    return report_page(result);
  } catch (const ReportError& error) {
    throw tb::Error(fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace freebits::cli

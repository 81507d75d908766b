// SPDX-License-Identifier: Apache-2.0
// `freebits report`: a page out of what `freebits search` found.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "commands.hpp"
#include "freebits/tb/error.hpp"
#include "output_file.hpp"
#include "report_page.hpp"

namespace freebits::cli {

namespace fs = std::filesystem;

namespace {

struct ReportArguments {
  std::string result;
  std::string out;
};

/// The result.json that was named, or the one in the folder that was.
fs::path result_file(const std::string& name) {
  fs::path path(name);
  if (!fs::exists(path)) {
    throw tb::Error(
        fmt::format("{}: there is no such file; name the folder that freebits search wrote, or the "
                    "result.json in it",
                    name));
  }
  if (!fs::is_directory(path)) return path;
  if (!fs::exists(path / "result.json")) {
    throw tb::Error(fmt::format(
        "{}: has no result.json; name a folder that freebits search wrote (--out)", name));
  }
  return path / "result.json";
}

nlohmann::json read_result(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || in.bad()) {
    throw tb::Error(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw tb::Error(
        fmt::format("{}: is not JSON, at byte {} of {}; expected the result of freebits search",
                    file.string(), error.byte, text.size()));
  }
}

/// When the file was last written: the date of a result that does not say.
std::string date_of(const fs::path& file) {
  struct stat status = {};
  if (stat(file.c_str(), &status) != 0) return {};
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(status.st_mtime));
}

int run_report(const ReportArguments& a) {
  const fs::path file = result_file(a.result);
  const std::string out = a.out.empty() ? (file.parent_path() / "report.html").string() : a.out;
  check_writable(out);
  nlohmann::json result = read_result(file);
  if (result.is_object() && !result.contains("date")) result["date"] = date_of(file);
  std::string page;
  try {
    page = report_page(result);
  } catch (const ReportError& error) {
    throw tb::Error(fmt::format("{}: {}", file.string(), error.what()));
  }
  write_file(page, out);
  if (out != "-") fmt::print("{}: {} KiB\n", out, (page.size() + 1023) / 1024);
  return kSuccess;
}

}  // namespace

void add_report(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "report", "One self-contained HTML page out of a result of freebits search");
  auto arguments = std::make_shared<ReportArguments>();
  command
      ->add_option("RESULT", arguments->result,
                   "folder that freebits search wrote, or the result.json in it")
      ->required();
  command->add_option("--out", arguments->out,
                      "the page (default report.html beside the result; - = standard output)");
  command->callback([arguments, &exit_code] { exit_code = run_report(*arguments); });
}

}  // namespace freebits::cli

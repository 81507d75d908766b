// SPDX-License-Identifier: Apache-2.0
// `freebits report`: a page out of what `freebits search` found.
#include <fmt/format.h>

#include <filesystem>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/output_file.hpp"
#include "cli/report/method_names.hpp"
#include "cli/report/result_file.hpp"

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
    throw Error(
        fmt::format("{}: there is no such file; name the folder that freebits search wrote, or the "
                    "result.json in it",
                    name));
  }
  if (!fs::is_directory(path)) return path;
  if (!fs::exists(path / "result.json")) {
    throw Error(fmt::format(
        "{}: has no result.json; name a folder that freebits search wrote (--out)", name));
  }
  return path / "result.json";
}

int run_report(const ReportArguments& a) {
  const fs::path file = result_file(a.result);
  const std::string out = a.out.empty() ? (file.parent_path() / "report.html").string() : a.out;
  check_writable(out);
  const std::string page = report_page_of(file, bring_up_to_date);
  write_file(page, out);
  if (out != "-") fmt::print("{}: {} KiB\n", out, (page.size() + 1023) / 1024);
  return kSuccess;
}

void define(CLI::App& command, Invocation& invocation) {
  auto arguments = std::make_shared<ReportArguments>();
  command
      .add_option("RESULT", arguments->result,
                  "folder that freebits search wrote, or the result.json in it")
      ->required();
  command.add_option("--out", arguments->out,
                     "the page (default report.html beside the result; - = standard output)");
  command.callback([arguments, &invocation] { invocation.exit_code = run_report(*arguments); });
}

}  // namespace

const Command& report_command() {
  static const Command command{
      .name = "report",
      .description = "One self-contained HTML page out of a result of freebits search",
      .define = define};
  return command;
}

}  // namespace freebits::cli

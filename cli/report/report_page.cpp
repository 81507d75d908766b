// SPDX-License-Identifier: Apache-2.0
#include "cli/report/report_page.hpp"

#include "cli/report/report_template.hpp"

namespace freebits::cli {

namespace {

/// The result as text that no HTML parser sees the end of the script element in. `<` stands in
/// strings only, where its escape means the same.
std::string embedded(const nlohmann::json& result) {
  const std::string text = result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 64);
  for (const char character : text) {
    if (character == '<') {
      escaped += "\\u003c";
    } else {
      escaped += character;
    }
  }
  return escaped;
}

}  // namespace

std::string report_page(const nlohmann::json& result) {
  check_result(result);
  const std::string_view page = report_template_text();
  const std::size_t gap = report_template_gap();
  std::string text(page.substr(0, gap));
  text += embedded(result);
  text += page.substr(gap + kReportGap.size());
  return text;
}

}  // namespace freebits::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace freebits::cli {

/// What a report has where its result belongs.
inline constexpr std::string_view kReportGap = "@RESULT@";

/// The page that cli/report/build.mjs bundled, and where in it kReportGap stands.
[[nodiscard]] std::string_view report_template_text();
[[nodiscard]] std::size_t report_template_gap();

}  // namespace freebits::cli

// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/measured.hpp"

#include <limits>

#include "base/error.hpp"
#include "base/sealed.hpp"

namespace freebits::search {
namespace {

constexpr FileKind kFile{.name = "freebits.measured", .version = 1};

}  // namespace

MeasuredFile::MeasuredFile(const std::filesystem::path& folder, const std::string& chip_identity,
                           const std::string& configuration_id)
    : file_(folder / "measured" / (chip_identity + "-" + configuration_id)) {}

std::optional<std::uint64_t> MeasuredFile::read() const {
  if (!std::filesystem::exists(file_)) return std::nullopt;
  const Json json = read_sealed(file_, kFile);
  Fields fields(json, file_.string());
  const auto cycles = fields.number("cycles", 1, std::numeric_limits<std::int64_t>::max());
  fields.finish();
  return static_cast<std::uint64_t>(cycles);
}

void MeasuredFile::write(std::uint64_t cycles) const {
  try {
    std::filesystem::create_directories(file_.parent_path());
    write_sealed(file_, kFile, {{"cycles", cycles}});
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error(file_.string() + ": " + error.code().message());
  }
}

}  // namespace freebits::search

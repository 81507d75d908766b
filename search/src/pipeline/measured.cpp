// SPDX-License-Identifier: Apache-2.0
#include "pipeline/measured.hpp"

#include <limits>

#include "freebits/models/files/sealed.hpp"
#include "freebits/search/error.hpp"

namespace freebits::search {
namespace {

constexpr models::FileKind kFile{.name = "freebits.measured", .version = 1};

}  // namespace

MeasuredFile::MeasuredFile(const std::filesystem::path& folder, const std::string& chip_identity,
                           const std::string& configuration_id)
    : file_(folder / "measured" / (chip_identity + "-" + configuration_id)) {}

std::optional<std::uint64_t> MeasuredFile::read() const {
  if (!std::filesystem::exists(file_)) return std::nullopt;
  try {
    const models::Json json = models::read_sealed(file_, kFile);
    models::Fields fields(json, file_.string());
    const auto cycles = fields.number("cycles", 1, std::numeric_limits<std::int64_t>::max());
    fields.finish();
    return static_cast<std::uint64_t>(cycles);
  } catch (const std::invalid_argument& error) {
    throw Error(error.what());
  }
}

void MeasuredFile::write(std::uint64_t cycles) const {
  try {
    std::filesystem::create_directories(file_.parent_path());
    models::write_sealed(file_, kFile, {{"cycles", cycles}});
  } catch (const std::invalid_argument& error) {
    throw Error(error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error(file_.string() + ": " + error.code().message());
  }
}

}  // namespace freebits::search

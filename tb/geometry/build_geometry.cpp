// SPDX-License-Identifier: Apache-2.0
// Builds geometries before anybody waits for them: build_geometry FOLDER CORES… [observed|traced].
// Of each, what was built from earlier sources is removed.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "tb/geometry/geometry.hpp"

using namespace freebits::tb;

namespace {

/// "cluster-8c16b128k-plain-": the name without its two hashes.
std::string readable_part(const std::string& name) {
  return name.substr(0, name.rfind('-', name.rfind('-') - 1) + 1);
}

void remove_earlier(const std::filesystem::path& current) {
  const std::string name = current.filename().string();
  for (const auto& entry : std::filesystem::directory_iterator(current.parent_path())) {
    const std::string other = entry.path().filename().string();
    if (other != name && other.ends_with(".so") && readable_part(other) == readable_part(name)) {
      std::filesystem::remove(entry.path());
    }
  }
}

Visibility visibility_of(std::string_view word) {
  if (word == "observed") return Visibility::Observed;
  return word == "traced" ? Visibility::Traced : Visibility::Plain;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    GeometryId id;
    if (argc > 2) id.visibility = visibility_of(argv[argc - 1]);
    for (int i = 2; i < argc; ++i) {
      if (std::string_view("0123456789").find(argv[i][0]) == std::string_view::npos) continue;
      id.geometry.cores = static_cast<unsigned>(std::stoul(argv[i]));
      id.geometry.banks = 2 * id.geometry.cores;
      remove_earlier(build_geometry(id, argv[1], [](std::string_view text) {
        std::printf("%s\n", std::string(text).c_str());
      }));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "build_geometry: %s\n", error.what());
    return 1;
  }
  return 0;
}

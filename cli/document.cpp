// SPDX-License-Identifier: Apache-2.0
#include "document.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "freebits/tb/error.hpp"
#include "version.hpp"

namespace freebits::cli {

namespace fs = std::filesystem;

namespace {

/// FNV-1a of the parameters: equal targets have equal hashes, whatever they are called.
std::string target_hash(nlohmann::ordered_json target) {
  target.erase("name");
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char character : target.dump()) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace

nlohmann::ordered_json document(const std::string& schema, nlohmann::ordered_json target,
                                std::uint64_t seed, double wall_seconds) {
  target["hash"] = target_hash(target);
  return {{"schema", {{"name", "freebits." + schema}, {"version", 1}}},
          {"freebits", {{"version", kVersion}, {"git", kGitHash}}},
          {"target", target},
          {"rtl_hash", kRtlHash},
          {"sw_hash", kSwHash},
          {"seed", seed},
          {"wall_seconds", wall_seconds}};
}

void write_document(const nlohmann::ordered_json& document, const std::string& file) {
  write_file(document.dump(2) + "\n", file);
}

void write_file(const std::string& text, const std::string& file) {
  if (file == "-") {
    std::cout << text << std::flush;
    if (!std::cout) throw tb::Error("standard output: cannot be written");
    return;
  }
  const std::string temporary = fmt::format("{}.{}.tmp", file, getpid());
  std::ofstream out(temporary);
  out << text << std::flush;
  out.close();
  std::error_code error;
  if (!out) {
    const std::string why = std::strerror(errno);
    fs::remove(temporary, error);
    throw tb::Error(
        fmt::format("{}: {}; name a file in a writable folder with space left", file, why));
  }
  fs::rename(temporary, file, error);
  if (error) {
    const std::string why = error.message();
    fs::remove(temporary, error);
    throw tb::Error(fmt::format("{}: {}", file, why));
  }
}

void check_writable(const std::string& file) {
  if (file.empty() || file == "-") return;
  const fs::path folder = fs::absolute(file).parent_path();
  if (fs::is_directory(file)) throw tb::Error(fmt::format("{}: is a folder; name a file", file));
  if (!fs::is_directory(folder)) {
    throw tb::Error(
        fmt::format("{}: folder {} does not exist; create it first", file, folder.string()));
  }
  if (access(folder.c_str(), W_OK) != 0) {
    throw tb::Error(fmt::format("{}: folder {} is not writable", file, folder.string()));
  }
}

}  // namespace freebits::cli

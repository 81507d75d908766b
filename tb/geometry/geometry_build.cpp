// SPDX-License-Identifier: Apache-2.0
// Runs Verilator and the compiler as child processes.
#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "base/child_process.hpp"
#include "base/data_folder.hpp"
#include "base/error.hpp"
#include "tb/geometry/geometry_builds.hpp"
#include "tb/geometry/geometry_recipe.hpp"

namespace freebits::tb {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The most useful line of a log: the first error, or the last line.
std::string telling_line(const std::filesystem::path& log) {
  std::istringstream lines(text_of(log));
  std::string last = "no output";
  for (std::string line; std::getline(lines, line);) {
    for (const char* sign : {"rror:", "No space left", "not found"}) {
      if (line.find(sign) != std::string::npos) return line;
    }
    if (!line.empty()) last = line;
  }
  return last;
}

class Build {
 public:
  Build(const GeometryId& id, const std::filesystem::path& folder, const std::filesystem::path& log)
      : id_(id), folder_(folder), log_(log), recipe_(recipe(id)) {
    const auto tools = find_tools();
    if (!tools) {
      throw Error(fmt::format(
          "the geometry of {} has not been built yet, and {} is not installed; expected verilator "
          "and clang++-19 or g++ in PATH",
          describe(id), find_program("verilator") ? "no compiler" : "verilator"));
    }
    tools_ = *tools;
  }

  std::filesystem::path run() {
    verilate();
    compile();
    return folder_ / "cluster.so";
  }

 private:
  void check(int status, const std::string& tool) const {
    if (status == 0) return;
    const std::string line = telling_line(log_);
    if (line.find("No space left") != std::string::npos) {
      throw Error(
          fmt::format("{}: the disk is full; free 100 MB or set FREEBITS_CACHE to a folder "
                      "on another one",
                      folder_.parent_path().string()));
    }
    throw Error(fmt::format("building the geometry of {}: {} failed ({}): {}; the log is {}",
                            describe(id_), tool, status, line, log_.string()));
  }

  void verilate() {
    std::vector<std::string> command = {tools_.verilator.string(), "--Mdir",
                                        (folder_ / "model").string()};
    const auto append = [&](const auto& list) {
      for (const auto& item : list) command.push_back(item);
    };
    append(recipe_.verilator_flags);
    append(recipe_.verilog);
    check(ChildProcess(command, log_).wait(&geometry_builds_interrupted()), "verilator");
  }

  [[nodiscard]] std::filesystem::path verilator_include() const {
    const auto answer = folder_ / "root";
    check(ChildProcess({tools_.verilator.string(), "--getenv", "VERILATOR_ROOT"}, answer)
              .wait(&geometry_builds_interrupted()),
          "verilator --getenv VERILATOR_ROOT");
    std::string root;
    std::istringstream(text_of(answer)) >> root;
    return std::filesystem::path(root) / "include";
  }

  /// One unit for the model and the engine, so that they are optimised together, one for
  /// Verilator's runtime; side by side.
  void compile() {
    const auto include = verilator_include();
    // By names within the folders that -I gives: no path, whatever is in it, stands in the text.
    std::ofstream model(folder_ / "cluster.cpp");
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "model")) {
      if (entry.path().extension() == ".cpp") {
        model << fmt::format("#include \"{}\"\n", entry.path().filename().string());
      }
    }
    model << "#include \"tb/geometry/cluster_model.cpp\"\n";
    model.close();
    std::ofstream runtime(folder_ / "runtime.cpp");
    const bool traced = id_.visibility == Visibility::Traced;
    for (const char* file :
         {"verilated.cpp", "verilated_threads.cpp", "verilated_save.cpp", "verilated_fst_c.cpp"}) {
      if (!traced && std::string_view(file) == "verilated_fst_c.cpp") continue;
      runtime << fmt::format("#include \"{}\"\n", file);
    }
    runtime.close();
    if (!model || !runtime) {
      throw Error(fmt::format("{}: cannot be written; is the disk full?", folder_.string()));
    }

    std::vector<std::string> command = {tools_.compiler.string()};
    for (const std::string& flag : recipe_.compiler_flags) command.push_back(flag);
    for (const auto& path : {include, include / "vltstd", folder_ / "model", data_folder()}) {
      command.push_back("-I" + path.string());
    }
    const auto object = [&](const char* name) {
      std::vector<std::string> one = command;
      one.insert(one.end(), {"-c", (folder_ / (std::string(name) + ".cpp")).string(), "-o",
                             (folder_ / (std::string(name) + ".o")).string()});
      return std::make_unique<ChildProcess>(one, log_);
    };
    const auto first = object("cluster");
    const auto second = object("runtime");
    const int status = first->wait(&geometry_builds_interrupted());
    const int other = second->wait(&geometry_builds_interrupted());
    check(status != 0 ? status : other, "the compiler");

    std::vector<std::string> link = {tools_.compiler.string(),
                                     "-shared",
                                     "-Wl,-Bsymbolic",
                                     (folder_ / "cluster.o").string(),
                                     (folder_ / "runtime.o").string(),
                                     "-o",
                                     (folder_ / "cluster.so").string(),
                                     "-lpthread"};
    if (traced) link.push_back("-lz");
    check(ChildProcess(link, log_).wait(&geometry_builds_interrupted()), "the linker");
  }

  const GeometryId& id_;
  std::filesystem::path folder_, log_;
  GeometryRecipe recipe_;
  GeometryTools tools_;
};

}  // namespace

namespace {

constexpr std::atomic<bool> kNever = false;
std::atomic<const std::atomic<bool>*> interrupted_flag = &kNever;

}  // namespace

void interrupt_geometry_builds_with(const std::atomic<bool>& flag) { interrupted_flag = &flag; }
const std::atomic<bool>& geometry_builds_interrupted() { return *interrupted_flag; }

std::filesystem::path run_recipe(const GeometryId& id, const std::filesystem::path& folder,
                                 const std::filesystem::path& log) {
  for (const auto& path : {folder, data_folder()}) {
    if (path.string().find('\n') == std::string::npos) continue;
    throw Error(
        fmt::format("{}: has a line feed in its name, which verilator cannot take; rename "
                    "it, or set FREEBITS_CACHE to another folder",
                    path.string()));
  }
  return Build(id, folder, log).run();
}

}  // namespace freebits::tb

// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// fb_core as a chip of one ISA level has it: strap tied to the level, no RVFI port. For
// scripts/area.sh only.
module fb_core_area #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  wire         clk_i,
  input  wire         clk_free_i,
  input  wire         rst_ni,
  input  wire  [31:0] hart_id_i,
  input  wire  [31:0] boot_addr_i,
  input  wire  [31:0] irq_i,
  output logic        instr_req_o,
  output logic [31:0] instr_addr_o,
  input  wire         instr_gnt_i,
  input  wire         instr_rvalid_i,
  input  wire  [31:0] instr_rdata_i,
  input  wire         instr_err_i,
  output logic        data_req_o,
  output logic [31:0] data_addr_o,
  output logic        data_we_o,
  output logic [3:0]  data_be_o,
  output logic [31:0] data_wdata_o,
  input  wire         data_gnt_i,
  input  wire         data_err_i,
  input  wire         data_rvalid_i,
  input  wire  [31:0] data_rdata_i,
  output logic        sleep_o,
  output logic [2:0]  activity_o,
  output logic        fencei_o,
  output logic        retire_o
);

  fb_core #(
    .IsaLevel(IsaLevel),
    .Rvfi    (1'b0)
  ) u_core (
    .clk_i,
    .clk_free_i,
    .rst_ni,
    .isa_level_i(IsaLevel),
    .hart_id_i,
    .boot_addr_i,
    .irq_i,
    .instr_req_o,
    .instr_addr_o,
    .instr_gnt_i,
    .instr_rvalid_i,
    .instr_rdata_i,
    .instr_err_i,
    .data_req_o,
    .data_addr_o,
    .data_we_o,
    .data_be_o,
    .data_wdata_o,
    .data_gnt_i,
    .data_err_i,
    .data_rvalid_i,
    .data_rdata_i,
    .sleep_o,
    .activity_o,
    .fencei_o,
    .retire_o,
    .rvfi_valid     (),
    .rvfi_order     (),
    .rvfi_insn      (),
    .rvfi_trap      (),
    .rvfi_trap_cause(),
    .rvfi_trap_tval (),
    .rvfi_halt      (),
    .rvfi_intr      (),
    .rvfi_intr_cause(),
    .rvfi_mode      (),
    .rvfi_ixl       (),
    .rvfi_rs1_addr  (),
    .rvfi_rs2_addr  (),
    .rvfi_rs1_rdata (),
    .rvfi_rs2_rdata (),
    .rvfi_rd_addr   (),
    .rvfi_rd_wdata  (),
    .rvfi_rd2_addr  (),
    .rvfi_rd2_wdata (),
    .rvfi_pc_rdata  (),
    .rvfi_pc_wdata  (),
    .rvfi_mem_addr  (),
    .rvfi_mem_rmask (),
    .rvfi_mem_wmask (),
    .rvfi_mem_rdata (),
    .rvfi_mem_wdata ()
  );

endmodule

`default_nettype wire

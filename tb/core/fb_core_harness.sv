// SPDX-License-Identifier: Apache-2.0
// fb_core with a register on every input, so that C++ sets the next cycle's inputs before the clock
// edge and one evaluation per cycle is enough (a combinational input costs the simulator a second
// one). The memory map is kept here too: a store or load outside the regions is refused with its
// grant.
module fb_core_harness (
  input  logic        clk_i,
  input  logic        rst_ni,
  // Taken over while configure_i is set (during reset).
  input  logic        configure_i,
  input  logic [2:0]  isa_level_i,
  input  logic [31:0] hart_id_i,
  input  logic [31:0] boot_addr_i,
  input  logic [31:0] region_base_i [8],
  input  logic [31:0] region_last_i [8],   // last byte; below the base: unused
  input  logic [7:0]  region_writable_i,
  // For the next cycle.
  input  logic [31:0] irq_i,
  input  logic        instr_gnt_i,
  input  logic        instr_rvalid_i,
  input  logic [31:0] instr_rdata_i,
  input  logic        instr_err_i,
  input  logic        data_gnt_i,
  input  logic        data_rvalid_i,
  input  logic [31:0] data_rdata_i,
  // Of this cycle.
  output logic        instr_req_o,         // granted requests only
  output logic        instr_waits_o,       // a request stands without grant
  output logic [31:0] instr_addr_o,
  output logic        data_req_o,          // granted and allowed accesses only
  output logic        data_waits_o,
  output logic [31:0] data_addr_o,
  output logic        data_we_o,
  output logic [3:0]  data_be_o,
  output logic [31:0] data_wdata_o,
  output logic        sleep_o,
  output logic [2:0]  activity_o,

  output logic        rvfi_valid,
  output logic [63:0] rvfi_order,
  output logic [31:0] rvfi_insn,
  output logic        rvfi_trap,
  output logic [4:0]  rvfi_trap_cause,
  output logic [31:0] rvfi_trap_tval,
  output logic        rvfi_intr,
  output logic [5:0]  rvfi_intr_cause,
  output logic [4:0]  rvfi_rd_addr,
  output logic [31:0] rvfi_rd_wdata,
  output logic [4:0]  rvfi_rd2_addr,
  output logic [31:0] rvfi_rd2_wdata,
  output logic [31:0] rvfi_pc_rdata,
  output logic [31:0] rvfi_pc_wdata,
  output logic [31:0] rvfi_mem_addr,
  output logic [3:0]  rvfi_mem_rmask,
  output logic [3:0]  rvfi_mem_wmask,
  output logic [31:0] rvfi_mem_rdata,
  output logic [31:0] rvfi_mem_wdata
);

  logic [2:0]  isa_level_q;
  logic [31:0] hart_id_q, boot_addr_q;
  logic [31:0] base_q [8];
  logic [31:0] last_q [8];
  logic [7:0]  writable_q;

  always_ff @(posedge clk_i) begin
    if (configure_i) begin
      isa_level_q <= isa_level_i;
      hart_id_q   <= hart_id_i;
      boot_addr_q <= boot_addr_i;
      base_q      <= region_base_i;
      last_q      <= region_last_i;
      writable_q  <= region_writable_i;
    end
  end

  logic [31:0] irq_q, instr_rdata_q, data_rdata_q;
  logic        instr_gnt_q, instr_rvalid_q, instr_err_q, data_gnt_q, data_rvalid_q;
  always_ff @(posedge clk_i) begin
    irq_q          <= irq_i;
    instr_gnt_q    <= instr_gnt_i;
    instr_rvalid_q <= instr_rvalid_i;
    instr_rdata_q  <= instr_rdata_i;
    instr_err_q    <= instr_err_i;
    data_gnt_q     <= data_gnt_i;
    data_rvalid_q  <= data_rvalid_i;
    data_rdata_q   <= data_rdata_i;
  end

  logic instr_req, data_req, allowed;
  assign instr_req_o   = instr_req && instr_gnt_q;
  assign instr_waits_o = instr_req && !instr_gnt_q;
  assign data_req_o    = data_req && data_gnt_q && allowed;
  assign data_waits_o  = data_req && !data_gnt_q;

  always_comb begin
    allowed = 1'b0;
    for (int i = 0; i < 8; i++) begin
      if (data_addr_o >= base_q[i] && data_addr_o <= last_q[i] && (writable_q[i] || !data_we_o)) begin
        allowed = 1'b1;
      end
    end
  end

  logic        unused_halt, unused_fencei, unused_retire;
  logic [1:0]  unused_mode, unused_ixl;
  logic [4:0]  unused_rs1_addr, unused_rs2_addr;
  logic [31:0] unused_rs1_rdata, unused_rs2_rdata;

  fb_core u_core (
    .clk_i,
    .clk_free_i    (clk_i),
    .rst_ni,
    .isa_level_i   (isa_level_q),
    .hart_id_i     (hart_id_q),
    .boot_addr_i   (boot_addr_q),
    .irq_i         (irq_q),
    .instr_req_o   (instr_req),
    .instr_addr_o,
    .instr_gnt_i   (instr_gnt_q),
    .instr_rvalid_i(instr_rvalid_q),
    .instr_rdata_i (instr_rdata_q),
    .instr_err_i   (instr_err_q),
    .data_req_o    (data_req),
    .data_addr_o,
    .data_we_o,
    .data_be_o,
    .data_wdata_o,
    .data_gnt_i    (data_gnt_q),
    .data_err_i    (data_req && !allowed),
    .data_rvalid_i (data_rvalid_q),
    .data_rdata_i  (data_rdata_q),
    .sleep_o,
    .activity_o,
    .fencei_o      (unused_fencei),
    .retire_o      (unused_retire),
    .rvfi_valid,
    .rvfi_order,
    .rvfi_insn,
    .rvfi_trap,
    .rvfi_trap_cause,
    .rvfi_trap_tval,
    .rvfi_halt(unused_halt),
    .rvfi_intr,
    .rvfi_intr_cause,
    .rvfi_mode(unused_mode),
    .rvfi_ixl(unused_ixl),
    .rvfi_rs1_addr(unused_rs1_addr),
    .rvfi_rs2_addr(unused_rs2_addr),
    .rvfi_rs1_rdata(unused_rs1_rdata),
    .rvfi_rs2_rdata(unused_rs2_rdata),
    .rvfi_rd_addr,
    .rvfi_rd_wdata,
    .rvfi_rd2_addr,
    .rvfi_rd2_wdata,
    .rvfi_pc_rdata,
    .rvfi_pc_wdata,
    .rvfi_mem_addr,
    .rvfi_mem_rmask,
    .rvfi_mem_wmask,
    .rvfi_mem_rdata,
    .rvfi_mem_wdata
  );

endmodule

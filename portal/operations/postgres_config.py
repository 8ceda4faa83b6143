"""The configuration files we give the embedded server; the wheel's defaults are 128 MB of buffers and endless logs."""

import psutil

HBA = """\
# Written by Plumbline at every start; edits are lost. Passwords always, never trust; the network never.
local all all scram-sha-256
"""


def server_settings(*, throwaway: bool) -> str:
    """The text of ``postgresql.conf``, sized to this machine's memory.

    ``throwaway`` turns off what only protects data from a crash of the machine.
    """
    memory_mb = psutil.virtual_memory().total // 2**20
    # Several copies may share the machine, so take an eighth of it and at most a gigabyte.
    shared_mb = 64 if throwaway else max(64, min(1024, memory_mb // 8))
    lines = {
        "listen_addresses": "''",
        "port": "5432",
        "unix_socket_directories": "'.'",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "password_encryption": "'scram-sha-256'",
        "shared_buffers": f"{shared_mb}MB",
        "effective_cache_size": f"{max(256, min(4096, memory_mb // 3))}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "64MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%p '",
        "log_min_duration_statement": "'2s'",
        "log_checkpoints": "off",
        "log_parameter_max_length": "0",  # passwords and prose stay out of the log
        "log_parameter_max_length_on_error": "0",
        "idle_in_transaction_session_timeout": "'5min'",
        "shared_preload_libraries": "''",
        "max_wal_size": "1GB",
    }
    if throwaway:
        lines |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_wal_size": "4GB",
            "checkpoint_timeout": "'1h'",
            "autovacuum": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
        }
    body = "\n".join(f"{name} = {value}" for name, value in lines.items())
    return f"# Written by Plumbline at every start; edits are lost.\n{body}\n"
